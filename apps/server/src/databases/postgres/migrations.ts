import { TransferError } from '@ftp/protocol'
import { type PostgresDatabase, prepared, type Queries } from './postgres-database.ts'
import { AUDIT_TABLE, CREDENTIALS_TABLES } from './tables.ts'

/** One row: which statements have been executed here, and for whom. */
const SCHEMA_TABLE = `
  CREATE TABLE ftp_server (
    version integer NOT NULL,           -- how many of the migrations have been executed
    installation text NOT NULL          -- whose state this is
  )
`

/** The statements that create the tables, in historical order. Only ever append. */
const MIGRATIONS: readonly string[] = [CREDENTIALS_TABLES, AUDIT_TABLE]

const SCHEMA = prepared('SELECT current_schema() AS name')
const LOCK = prepared("SELECT pg_advisory_xact_lock(hashtextextended('ftp_server ' || current_schema(), 0))")
const TABLES = prepared(
  "SELECT relname AS name FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v')",
)
const FIND = prepared('SELECT version, installation FROM ftp_server')
const INSERT = prepared('INSERT INTO ftp_server VALUES ($1, $2)')
const SET = prepared('UPDATE ftp_server SET version = $1')

/**
 * Creates the tables that are missing in the schema, while no other server does.
 * @param installation identifies the servers that share this state; another one's is left alone
 * @throws TransferError `version` if a newer server has written the schema; `forbidden` if it belongs to others;
 * StateError if the database cannot be used
 */
export async function migrate(
  database: PostgresDatabase,
  installation: string,
  migrations: readonly string[] = MIGRATIONS,
): Promise<void> {
  await database.lockedTransaction(async (queries) => {
    const schema = await schemaOf(queries)
    await queries.run(LOCK)
    const found = await versionOf(queries, schema, installation)
    if (found > migrations.length)
      throw new TransferError(
        'version',
        `the schema "${schema}" was written by a newer ftp-server; use that one`,
      )
    for (const migration of migrations.slice(found)) await queries.run({ name: '', text: migration })
    if (found < migrations.length) await queries.run(SET, migrations.length)
  })
}

async function schemaOf(queries: Queries): Promise<string> {
  const [row] = (await queries.run(SCHEMA)).rows
  const name = row?.['name']
  if (typeof name === 'string') return name
  throw new TransferError(
    'not_found',
    'the schema in which ftp-server is to keep its state does not exist; make it with: CREATE SCHEMA',
  )
}

/** The version of the schema, which begins as an empty one. */
async function versionOf(queries: Queries, schema: string, installation: string): Promise<number> {
  const tables = (await queries.run(TABLES)).rows.map(({ name }) => name)
  if (tables.length === 0) {
    await queries.run({ name: '', text: SCHEMA_TABLE })
    await queries.run(INSERT, 0, installation)
    return 0
  }
  const [row] = tables.includes('ftp_server') ? (await queries.run(FIND)).rows : []
  if (row === undefined)
    throw new TransferError(
      'forbidden',
      `the schema "${schema}" holds the tables of another program; give ftp-server a schema of its own`,
    )
  if (row['installation'] !== installation)
    throw new TransferError(
      'forbidden',
      `the schema "${schema}" holds the state of another ftp-server (${String(row['installation'])}); use another schema, or that server's key`,
    )
  return Number(row['version'])
}
