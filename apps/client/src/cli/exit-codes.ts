import { type ErrorCode, type FailureCode, listedCode } from '@ftp/protocol'

/** The exit code for each kind of failure. Scripts depend on these codes. */
export const EXIT_CODES: Readonly<Record<ErrorCode, number>> = {
  internal: 1,
  protocol: 1,
  version: 1,
  unsupported: 1,
  io: 1,
  bad_request: 2,
  name: 2,
  not_found: 3,
  login: 4,
  forbidden: 4,
  busy: 4,
  not_file: 4,
  exists: 5,
  is_directory: 5,
  not_directory: 5,
  not_empty: 5,
  changed: 5,
  taken_over: 5,
  lost: 6,
  timeout: 6,
  shutdown: 6,
  checksum: 7,
  no_space: 8,
  quota: 8,
  too_large: 8,
  cancelled: 130,
}

/** The exit code of a failure. */
export function exitOf(code: FailureCode): number {
  return EXIT_CODES[listedCode(code)]
}

/** The exit code for several failures: the smallest that is not 1; 0 if there are none. */
export function exitCodeOf(codes: readonly FailureCode[]): number {
  const exits = codes.map(exitOf)
  const specific = exits.filter((exit) => exit !== 1)
  if (specific.length > 0) return Math.min(...specific)
  return exits.length > 0 ? 1 : 0
}
