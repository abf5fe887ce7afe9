import fs from 'node:fs'
import { toEntry } from '@ftp/files'
import { type Entry, formatPath, fromErrno, printable, type RemotePath, TransferError } from '@ftp/protocol'
import { stat } from '../requests/stat.ts'
import type { Session } from '../session/session.ts'

/**
 * A local folder; undefined if it does not exist. @throws TransferError `not_directory` if it is anything
 * else
 */
export function localRoot(folder: string): Entry | undefined {
  const stats = fs.statSync(folder, { bigint: true, throwIfNoEntry: false })
  if (stats !== undefined && !stats.isDirectory())
    throw new TransferError('not_directory', `"${printable(folder)}" is not a directory here`)
  return stats && toEntry('', stats)
}

/** A directory on the server; undefined if it does not exist. @throws TransferError `not_directory` */
export async function remoteRoot(session: Session, folder: RemotePath): Promise<Entry | undefined> {
  try {
    const entry = await session.run(({ connection }) => stat(connection, folder))
    if (entry.type === 'directory') return { ...entry, name: '' }
    throw new TransferError('not_directory', `"${formatPath(folder)}" is not a directory on the server`)
  } catch (error) {
    if (error instanceof TransferError && error.code === 'not_found') return undefined
    throw error
  }
}

/** Whatever exists at a local path. @throws TransferError `not_found`, `forbidden`, … */
export function localEntry(file: string): Entry {
  try {
    return toEntry('', fs.statSync(file, { bigint: true }))
  } catch (error) {
    throw fromErrno(error, `"${printable(file)}"`)
  }
}
