import fs from 'node:fs'
import { TransferError } from '@ftp/protocol'

/**
 * Reads a file with a secret.
 * @param remedy what to do if somebody else may have read it
 * @throws TransferError `forbidden` if other users may read the file; whatever `fs` throws
 */
export function readPrivate(file: string, remedy: string): string {
  const descriptor = fs.openSync(file, fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0))
  try {
    const { mode } = fs.fstatSync(descriptor)
    if ((mode & 0o077) !== 0 && process.platform !== 'win32')
      throw new TransferError(
        'forbidden',
        `other users can read the key in "${file}"; run chmod 600 on it or, if somebody may have read it, ${remedy}`,
      )
    return fs.readFileSync(descriptor, 'utf8')
  } finally {
    fs.closeSync(descriptor)
  }
}

/** Writes the whole file or nothing: with half a key, the server could never start again. */
export function writePrivate(file: string, text: string): void {
  const fresh = `${file}.new`
  fs.rmSync(fresh, { force: true })
  fs.writeFileSync(fresh, text, { flag: 'wx', mode: 0o600, flush: true })
  fs.renameSync(fresh, file)
}
