import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrate } from '../../apps/server/src/databases/postgres/migrations.ts'
import {
  PostgresDatabase,
  type PostgresOptions,
  prepared,
} from '../../apps/server/src/databases/postgres/postgres-database.ts'
import { StateError } from '../../apps/server/src/state/state-error.ts'
import { PostgreSql } from '../support/postgresql.ts'

let server: PostgreSql
beforeAll(async () => {
  server = await PostgreSql.start()
})
afterAll(async () => await server[Symbol.asyncDispose]())

const COUNT = prepared('SELECT value FROM counters WHERE id = $1')
const SET = prepared('UPDATE counters SET value = $2 WHERE id = $1')
const PROCESS = prepared('SELECT pg_backend_pid() AS pid')
const SLEEP = prepared('SELECT pg_sleep($1)')

/** A database with two counters, both 0. */
async function withCounters({
  most,
  url = server.schema(),
}: Partial<PostgresOptions> = {}): Promise<PostgresDatabase> {
  const database = new PostgresDatabase({ url, most })
  await migrate(database, 'us', [
    'CREATE TABLE counters (id integer PRIMARY KEY, value bigint NOT NULL)',
    'INSERT INTO counters VALUES (1, 0), (2, 0)',
  ])
  return database
}

async function counted(database: PostgresDatabase, id: number): Promise<unknown> {
  return (await database.run(COUNT, id)).rows[0]?.['value']
}

describe('The migrations', () => {
  it('are run once, in order, by whichever server comes first', async () => {
    const url = server.schema()
    const several = Array.from({ length: 8 }, () => new PostgresDatabase({ url }))
    const steps = ['CREATE TABLE steps (id serial, step integer)', 'INSERT INTO steps (step) VALUES (1)']
    await Promise.all(several.map((database) => migrate(database, 'us', steps)))
    const [first] = several
    if (first === undefined) throw new Error('there is no server')
    await migrate(first, 'us', [...steps, 'INSERT INTO steps (step) VALUES (2)'])
    const { rows } = await first.run(prepared('SELECT step FROM steps ORDER BY id'))
    expect(rows).toEqual([{ step: 1 }, { step: 2 }])
    for (const database of several) await database[Symbol.asyncDispose]()
  })

  it('leave nothing if one of them fails', async () => {
    await using database = new PostgresDatabase({ url: server.schema() })
    await expect(migrate(database, 'us', ['CREATE TABLE one (id integer)', 'no SQL'])).rejects.toThrow()
    await migrate(database, 'us', ['CREATE TABLE one (id integer)'])
  })

  it.each([
    ['of a newer server', 'us', [], 'version', /newer ftp-server/],
    ['of another installation', 'them', ['SELECT 1'], 'forbidden', /another ftp-server \(us\)/],
  ] as const)('refuse a schema %s', async (_, installation, migrations, code, message) => {
    await using database = new PostgresDatabase({ url: server.schema() })
    await migrate(database, 'us', ['SELECT 1'])
    await expect(migrate(database, installation, migrations)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
  })

  it('refuse a schema of another program, and one that does not exist', async () => {
    await using database = new PostgresDatabase({ url: server.schema() })
    await database.run(prepared('CREATE TABLE theirs (id integer)'))
    await expect(migrate(database, 'us')).rejects.toThrow(/tables of another program/)
    await using nowhere = new PostgresDatabase({ url: server.url('nowhere') })
    await expect(migrate(nowhere, 'us')).rejects.toThrow(/does not exist.*CREATE SCHEMA/)
  })
})

describe('A transaction', () => {
  it('counts exactly, however many run at the same time', async () => {
    await using database = await withCounters({ most: 8 })
    let runs = 0
    const add = () =>
      database.transaction(async (queries) => {
        runs++
        const [row] = (await queries.run(COUNT, 1)).rows
        await queries.run(SET, 1, Number(row?.['value']) + 1)
      })
    await Promise.all(Array.from({ length: 40 }, add))
    expect(await counted(database, 1)).toBe(40)
    // They did disturb each other.
    expect(runs).toBeGreaterThan(40)
  })

  it('is undone by an error of its action, and its connection is used again', async () => {
    await using database = await withCounters({ most: 1 })
    const [before] = (await database.run(PROCESS)).rows
    const failed = database.transaction(async (queries) => {
      await queries.run(SET, 1, 5)
      throw new RangeError('no')
    })
    await expect(failed).rejects.toThrow(RangeError)
    expect(await counted(database, 1)).toBe(0)
    expect((await database.run(PROCESS)).rows).toEqual([before])
  })

  it('is undone as a whole if its connection is lost', async () => {
    await using database = await withCounters()
    const failed = database.transaction(async (queries) => {
      const [row] = (await queries.run(PROCESS)).rows
      await queries.run(SET, 1, 5)
      server.sql(`SELECT pg_terminate_backend(${String(row?.['pid'])})`)
      await queries.run(SET, 2, 5)
    })
    await expect(failed).rejects.toMatchObject({ code: 'busy' })
    expect([await counted(database, 1), await counted(database, 2)]).toEqual([0, 0])
  })
})

describe('A database', () => {
  it('that is restarted, even by a crash, is used again', async () => {
    await using own = await PostgreSql.start()
    const troubles: StateError[] = []
    await using database = new PostgresDatabase({
      url: own.url(),
      onTrouble: (error) => troubles.push(error),
    })
    for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
      await database.run(PROCESS)
      await own.stop(signal)
      await expect(database.run(PROCESS)).rejects.toMatchObject({ code: 'busy' })
      await own.start()
      await expect.poll(() => database.run(PROCESS).then(({ count }) => count)).toBe(1)
    }
    expect(troubles.length).toBeGreaterThan(1)
  })

  it('that has no connection left says so, names no host, and serves whoever comes later', async () => {
    await using own = await PostgreSql.start({ max_connections: '5', superuser_reserved_connections: '0' })
    await using greedy = new PostgresDatabase({ url: own.url(), most: 5 })
    await using other = new PostgresDatabase({ url: own.url() })
    const end = Promise.withResolvers<void>()
    const connected = Array.from({ length: 5 }, () => Promise.withResolvers<void>())
    const held = connected.map(({ resolve }) =>
      greedy.transaction(async (queries) => {
        await queries.run(PROCESS)
        resolve()
        await end.promise
      }),
    )
    await Promise.all(connected.map(({ promise }) => promise))
    await expect(other.run(PROCESS)).rejects.toMatchObject({
      code: 'busy',
      message: "the server's database is not ready (code 53300); try again in a moment",
    })
    end.resolve()
    await Promise.all(held)
    await greedy[Symbol.asyncDispose]()
    expect((await other.run(PROCESS)).count).toBe(1)
  })

  it('that can only be read says so when it is to be written', async () => {
    const url = server.schema()
    await using _primary = await withCounters({ url })
    await using standby = new PostgresDatabase({ url: `${url}%20-c%20default_transaction_read_only%3Don` })
    expect(await counted(standby, 1)).toBe(0)
    await expect(standby.run(SET, 1, 5)).rejects.toMatchObject({ code: 'busy' })
  })

  it('ends a statement that takes too long', async () => {
    const url = `${server.schema()}&statement_timeout=50`
    await using database = new PostgresDatabase({ url })
    await expect(database.run(SLEEP, 60)).rejects.toMatchObject({ code: 'busy' })
    expect((await database.run(PROCESS)).count).toBe(1)
  })

  it('reports a fault of the program as it is', async () => {
    await using database = await withCounters()
    const fault = await database.run(prepared('SELECT nothing FROM nowhere')).catch((error: unknown) => error)
    expect(fault).toBeInstanceOf(Error)
    expect(fault).not.toBeInstanceOf(StateError)
  })
})
