import path from 'node:path'
import type { FileSystem } from '@ftp/files'
import { nameProblem, printable, TransferError } from '@ftp/protocol'
import { localDisk } from './local-disk.ts'

/**
 * The local path for something that is, or may be, on a server. Its names decide which file is written, so
 * the rules of the local disk apply, whatever the server accepts: on Windows, `..\\x` leads out of the
 * folder, `C:x` to another disk, and `a:b` into a stream of another file.
 * @param folder an existing or future local folder
 * @param names names below it, separated by `/`; `''` is the folder itself
 * @throws TransferError `name` if one of them cannot be stored there
 */
export function localPathBelow(
  folder: string,
  names: string,
  disk: Pick<FileSystem, 'nameProblem'> = localDisk,
): string {
  let place = folder
  for (const name of names === '' ? [] : names.split('/')) {
    const problem = nameProblem(name) ?? disk.nameProblem(place, name)
    if (problem !== undefined)
      throw new TransferError(
        'name',
        `"${printable(name)}" cannot be stored in "${printable(place)}": ${problem}`,
      )
    place = path.join(place, name)
  }
  return place
}
