import { setImmediate } from 'node:timers/promises'
import { HOME, joinPath, type RemotePath, TransferError } from '@ftp/protocol'
import type { Storage } from '../storage/storage.ts'

/** The number of entries after which other work may run. */
const AT_ONCE = 64

/** A directory or a regular file. */
export interface Walked {
  readonly path: RemotePath
  readonly isDirectory: boolean
}

/**
 * Every directory of a storage and every regular file in it, lazily: even a directory with millions of
 * entries needs no memory, and other work runs in between.
 */
export async function* walkStorage(storage: Storage): AsyncGenerator<Walked> {
  const waiting = [HOME]
  let looked = 0
  for (let directory = waiting.pop(); directory !== undefined; directory = waiting.pop()) {
    yield { path: directory, isDirectory: true }
    try {
      for (const { name, type } of storage.list(directory)) {
        if (type === 'directory') waiting.push(joinPath(directory, name))
        if (type === 'file') yield { path: joinPath(directory, name), isDirectory: false }
        if (++looked % AT_ONCE === 0) await setImmediate()
      }
    } catch (error) {
      // Skip a directory that was removed meanwhile, that this user may not read, or that is too deep for a
      // path.
      if (TransferError.from(error).code === 'internal') throw error
    }
  }
}
