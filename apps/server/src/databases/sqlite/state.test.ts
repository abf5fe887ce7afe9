import { TempDir } from '../../../../../test/support/temp-dir.ts'
import { populate, type StateFixture } from '../contract/fixture.contract.ts'
import { describeState } from '../contract/state.contract.ts'
import { findEvents } from './audit.ts'
import { openDatabase } from './database.ts'
import { sqliteState } from './state.ts'

async function open(): Promise<StateFixture> {
  const opened = new DisposableStack()
  const folder = opened.use(new TempDir())
  const connect = () => opened.adopt(openDatabase(folder.at('state.db')), (database) => database.close())
  const database = connect()
  const rowsOf = (table: string) => database.prepare(`SELECT * FROM ${table}`).all()
  const state = sqliteState(database)
  await populate(state)
  return {
    state,
    another: () => sqliteState(connect()),
    contentOf: async (table) =>
      JSON.stringify(rowsOf(table), (_, value: unknown) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
      ),
    count: async (table) => rowsOf(table).length,
    recorded: async () =>
      [...findEvents(database, {})].flat().map(({ action, account }) => `${action} ${account}`),
    [Symbol.asyncDispose]: async () => opened.dispose(),
  }
}

describeState('SQLite', open)
