import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { StateError } from '../../state/state-error.ts'
import { failureOf, isConflict, leavesConnection } from './failure.ts'

/*
 * How long the parts of a query may take, in milliseconds. The database itself ends what takes too long; the last limit
 * is for one that no longer answers.
 */
const CONNECT_MS = 5_000
const LOCK_MS = 5_000
const STATEMENT_MS = 10_000
const ANSWER_MS = 15_000

/** The default for the number of connections. */
const MOST_CONNECTIONS = 4
/** The maximum number of queries that wait for a connection. */
const MOST_WAITING = 1_000
/** How often a transaction is tried again that others have undone, and its longest pause before that. */
const MOST_ATTEMPTS = 12
const LONGEST_REST_MS = 500

export interface PostgresOptions {
  /** As libpq and `pg` understand it: `postgres://user:password@host/database?…`. */
  readonly url: string
  /** The maximum number of connections. */
  readonly most?: number | undefined
  /** Called with each failure of the database or of the connection to it. */
  readonly onTrouble?: ((error: StateError) => void) | undefined
}

/** A statement that each connection parses and plans once. */
export interface Statement {
  readonly name: string
  readonly text: string
}

/** @param text with `$1` … for the values */
export function prepared(text: string): Statement {
  return { name: createHash('sha256').update(text).digest('hex').slice(0, 32), text }
}

export type Value = string | number | boolean | Uint8Array | null | readonly string[]

export interface Result {
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  /** The number of rows that were found or changed. */
  readonly count: number
}

/** Something in which statements run: by themselves, or in one transaction. */
export interface Queries {
  run(statement: Statement, ...values: readonly Value[]): Promise<Result>
}

/**
 * A bounded number of connections to PostgreSQL. Its failures are reported as StateErrors, except for those that are
 * faults of this program. After a failure of the connection, the next query makes a new one.
 */
export class PostgresDatabase implements Queries, AsyncDisposable {
  readonly #pool: pg.Pool
  readonly #onTrouble: (error: StateError) => void

  constructor({ url, most = MOST_CONNECTIONS, onTrouble = () => {} }: PostgresOptions) {
    this.#onTrouble = onTrouble
    this.#pool = new pg.Pool({
      connectionString: url,
      max: most,
      application_name: 'ftp-server',
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_MS,
      lock_timeout: LOCK_MS,
      statement_timeout: STATEMENT_MS,
      idle_in_transaction_session_timeout: STATEMENT_MS,
      query_timeout: ANSWER_MS,
      types: { getTypeParser: parserOf },
    })
    // A connection that fails while nobody uses it is replaced when it is needed. Without a listener, Node would end.
    this.#pool.on('error', () => {})
  }

  /** Runs one statement as a transaction of its own. */
  async run(statement: Statement, ...values: readonly Value[]): Promise<Result> {
    return await this.#again(() => this.#connected((queries) => queries.run(statement, ...values)))
  }

  /**
   * Runs several statements as one transaction, as if no other ran meanwhile. It may run more than once, so it must
   * change nothing but the database.
   */
  async transaction<T>(action: (queries: Queries) => Promise<T>): Promise<T> {
    return await this.#again(() => this.#within('BEGIN ISOLATION LEVEL SERIALIZABLE', action))
  }

  /** Runs several statements as one transaction that sees what others have written before each of them. */
  async lockedTransaction<T>(action: (queries: Queries) => Promise<T>): Promise<T> {
    return await this.#again(() => this.#within('BEGIN ISOLATION LEVEL READ COMMITTED', action))
  }

  async #within<T>(begin: string, action: (queries: Queries) => Promise<T>): Promise<T> {
    return await this.#connected(async (queries) => {
      await queries.run({ name: '', text: begin })
      try {
        const result = await action(queries)
        await queries.run({ name: '', text: 'COMMIT' })
        return result
      } catch (error) {
        if (queries.isUsable) await queries.run({ name: '', text: 'ROLLBACK' })
        throw error
      }
    })
  }

  /** Runs an action on a connection of its own. */
  async #connected<T>(action: (queries: Connection) => Promise<T>): Promise<T> {
    if (this.#pool.waitingCount >= MOST_WAITING)
      throw new StateError('busy', "the server's database has too much to do; try again in a moment")
    using connection = new Connection(
      await this.#pool.connect().catch((error: unknown) => raise(failureOf(error))),
    )
    return await action(connection)
  }

  async #again<T>(action: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await action()
      } catch (error) {
        if (!isConflict(error) || attempt === MOST_ATTEMPTS) {
          if (error instanceof StateError) this.#onTrouble(error)
          throw error
        }
      }
      await delay(Math.random() * Math.min(LONGEST_REST_MS, 2 ** attempt))
    }
  }

  /** Ends all connections, after the queries that run. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#pool.ending) await this.#pool.end()
  }
}

/** One connection, for as long as an action has it. Disposing of it gives it back, or closes it if it is of no more use. */
class Connection implements Queries, Disposable {
  readonly #client: pg.PoolClient
  #usable = true

  constructor(client: pg.PoolClient) {
    this.#client = client
    client.on('error', this.#spoil)
  }

  readonly #spoil = (): void => {
    this.#usable = false
  }

  get isUsable(): boolean {
    return this.#usable
  }

  async run({ name, text }: Statement, ...values: readonly Value[]): Promise<Result> {
    try {
      const { rows, rowCount } = await this.#client.query<Record<string, unknown>>({
        name,
        text,
        values: [...values],
      })
      return { rows, count: rowCount ?? 0 }
    } catch (error) {
      if (!leavesConnection(error)) this.#spoil()
      throw failureOf(error)
    }
  }

  [Symbol.dispose](): void {
    this.#client.off('error', this.#spoil)
    this.#client.release(!this.#usable)
  }
}

function raise(error: unknown): never {
  throw error
}

const [INT8, BYTEA] = [20, 17]

/** All numbers in the state are whole and safe; bytes come without the pool in which `pg` keeps them. */
function parserOf(oid: number, format?: 'text' | 'binary') {
  const parse = pg.types.getTypeParser(oid, format ?? 'text')
  if (oid === INT8) return Number
  if (oid === BYTEA) return (text: string) => Uint8Array.from(Buffer.from(parse(text)))
  return parse
}
