import { errnoOf, fromErrno, type Place, TransferError } from '@ftp/protocol'

/**
 * An error that tells a person why a file could not be stored.
 * @param what the file, in quotes
 * @param place whose file system it is
 */
export function explain(error: unknown, what: string, place: Place): TransferError {
  return errnoOf(error) === 'EEXIST'
    ? new TransferError('exists', `${what} already exists ${place}`)
    : fromErrno(error, what, place)
}
