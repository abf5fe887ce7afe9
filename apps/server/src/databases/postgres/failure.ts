import { errnoOf } from '@ftp/protocol'
import pg from 'pg'
import { StateError } from '../../state/state-error.ts'

/*
 * The codes of PostgreSQL's errors (its manual, appendix A), or the first characters that a group of them shares.
 */

/** Two transactions that cannot both be done: the one that has been undone is tried again. */
const CONFLICTS = ['40001', '40P01']
/** Failures that pass: of connections, timeouts and locks; a shutdown, too many clients, a standby. */
const PASSING = ['08', '25006', '53', '55P03', '57014', '57P', ...CONFLICTS]
/** Those of a database that somebody has to set up or to repair. */
const LASTING = ['28', '3D', '3F', '42501', '58', 'XX']
const DISK_FULL = ['53100']
const DAMAGED = ['XX001', 'XX002']
/** After these, the connection is of no use. */
const ENDING = ['08', '57P']

/** Whether this failure has undone a transaction that may succeed if it is tried again. */
export function isConflict(failure: unknown): boolean {
  return failure instanceof StateError && isOneOf(CONFLICTS, failure.cause)
}

/** Whether a connection can be used again after this error of it. */
export function leavesConnection(error: unknown): boolean {
  return error instanceof pg.DatabaseError && !isOneOf(ENDING, error)
}

/**
 * What an error of the database, or of the connection to it, means. The words may be shown to clients: they name neither
 * hosts nor users.
 * @returns a StateError; the error itself if it is a fault of this program
 */
export function failureOf(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) {
    const reason = errnoOf(error) ?? 'no answer'
    return failure('busy', `cannot be reached (${reason}); try again in a moment`, error)
  }
  if (isOneOf(DISK_FULL, error)) return failure('no_space', 'has a full disk', error)
  if (isOneOf(PASSING, error))
    return failure('busy', `is not ready (code ${error.code}); try again in a moment`, error)
  if (isOneOf(LASTING, error))
    return failure('io', `cannot be used (code ${error.code}); its log says more`, error)
  return error
}

function failure(
  code: StateError['code'] & ('busy' | 'no_space' | 'io'),
  what: string,
  cause: unknown,
): StateError {
  return new StateError(code, `the server's database ${what}`, { isDamage: isOneOf(DAMAGED, cause), cause })
}

function isOneOf(codes: readonly string[], error: unknown): boolean {
  return error instanceof pg.DatabaseError && codes.some((code) => error.code?.startsWith(code))
}
