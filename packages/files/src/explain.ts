import { errnoOf, fromErrno, TransferError } from '@ftp/protocol'

/** An error that tells a person why a file could not be stored. @param what the file, in quotes */
export function explain(error: unknown, what: string): TransferError {
  return errnoOf(error) === 'EEXIST'
    ? new TransferError('exists', `${what} already exists`)
    : fromErrno(error, what)
}
