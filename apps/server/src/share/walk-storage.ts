import { setImmediate } from 'node:timers/promises'
import { HOME, joinPath, type RemotePath, TransferError } from '@ftp/protocol'
import type { Storage } from '../storage/storage.ts'

/** Entries that are looked at before others get their turn. */
const AT_ONCE = 64

/** A directory or a regular file. */
export interface Walked {
  readonly path: RemotePath
  readonly isDirectory: boolean
}

/**
 * Every directory of a storage, and every regular file in it, lazily: a directory of millions takes no memory, and
 * others get their turn in between.
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
      // Removed meanwhile, or not for this user to read, or deeper than any path: it is nobody's here.
      if (TransferError.from(error).code === 'internal') throw error
    }
  }
}
