import { afterAll, beforeAll } from 'vitest'
import { populate, type StateFixture } from '../../apps/server/src/databases/contract/fixture.contract.ts'
import { describeState } from '../../apps/server/src/databases/contract/state.contract.ts'
import { migrate } from '../../apps/server/src/databases/postgres/migrations.ts'
import { PostgresDatabase, prepared } from '../../apps/server/src/databases/postgres/postgres-database.ts'
import { postgresState } from '../../apps/server/src/databases/postgres/state.ts'
import { PostgreSql } from '../support/postgresql.ts'

let server: PostgreSql
beforeAll(async () => {
  server = await PostgreSql.start()
})
afterAll(async () => await server[Symbol.asyncDispose]())

async function open(): Promise<StateFixture> {
  await using opened = new AsyncDisposableStack()
  const url = server.schema()
  const database = opened.use(new PostgresDatabase({ url }))
  await migrate(database, 'us')
  const rowsOf = async (table: string) => (await database.run(prepared(`SELECT * FROM ${table}`))).rows
  const state = postgresState(database)
  await populate(state)
  const held = opened.move()
  return {
    state,
    another: () => postgresState(held.use(new PostgresDatabase({ url }))),
    contentOf: async (table) =>
      JSON.stringify(await rowsOf(table), (_, value: unknown) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
      ),
    count: async (table) => (await rowsOf(table)).length,
    recorded: async () => {
      const { rows } = await database.run(prepared('SELECT action, account FROM audit ORDER BY id'))
      return rows.map(({ action, account }) => `${String(action)} ${String(account)}`)
    },
    [Symbol.asyncDispose]: async () => await held.disposeAsync(),
  }
}

describeState('PostgreSQL', open)
