import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { StateError } from '../../state/state-error.ts'

/** Result codes of SQLite (sqlite.org/rescode.html) that do not indicate a fault of this program. */
const [BUSY, LOCKED, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB] = [5, 6, 8, 10, 11, 13, 14, 26]

export interface StateDatabaseOptions {
  /** How long a statement waits for other writers, in milliseconds. */
  readonly timeout: number
  /** The name of the file in messages, some of which clients read. Default: its path. */
  readonly name?: string | undefined
  /** Called with each failure that the file or the disk has caused. */
  readonly onTrouble?: ((error: StateError) => void) | undefined
}

/** A database whose failures are reported as StateErrors, except for those that are faults of the program. */
export class StateDatabase extends DatabaseSync {
  readonly #options: StateDatabaseOptions
  readonly #name: string

  constructor(file: string, options: StateDatabaseOptions) {
    super(file, { timeout: options.timeout, open: false })
    this.#options = options
    this.#name = options.name ?? `"${file}"`
    this.#explaining(() => super.open())
  }

  override exec(sql: string): void {
    this.#explaining(() => super.exec(sql))
  }

  override prepare(sql: string): StatementSync {
    const statement = this.#explaining(() => super.prepare(sql))
    const explaining = <Method extends (...values: never[]) => unknown>(method: Method): Method =>
      ((...values: never[]) => this.#explaining(() => method.apply(statement, values))) as Method
    statement.get = explaining(statement.get)
    statement.all = explaining(statement.all)
    statement.run = explaining(statement.run)
    return statement
  }

  #explaining<T>(action: () => T): T {
    try {
      return action()
    } catch (error) {
      const errcode = errcodeOf(error)
      if (errcode === undefined || !(error instanceof Error)) throw error
      const failure = new StateError(codeOf(errcode), `${this.#name}: ${problem(errcode, error)}`, {
        isDamage: errcode === CORRUPT || errcode === NOTADB,
        cause: error,
      })
      if (failure.code !== 'busy') this.#options.onTrouble?.(failure)
      throw failure
    }
  }
}

/** The primary result code; undefined if the error is a fault of the program. */
function errcodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined
  const errcode = error.errcode & 0xff
  return [BUSY, LOCKED, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB].includes(errcode)
    ? errcode
    : undefined
}

function codeOf(errcode: number): 'busy' | 'no_space' | 'io' {
  if (errcode === BUSY || errcode === LOCKED) return 'busy'
  return errcode === FULL ? 'no_space' : 'io'
}

function problem(errcode: number, { message }: Error): string {
  switch (errcode) {
    case BUSY:
    case LOCKED:
      return 'another program is using it; try again in a moment'
    case CORRUPT:
    case NOTADB:
      return `it is damaged (${message}); restore it from a backup`
    case FULL:
      return 'the disk is full'
    default:
      return `it cannot be used (${message}); look at the disk and at the rights to it`
  }
}
