import { setImmediate } from 'node:timers/promises'
import { HOME, LIMITS, localPath, type RemotePath, TransferError } from '@ftp/protocol'
import type { Storage } from '../storage/storage.ts'

/** The number of entries after which other work may run. */
const AT_ONCE = 64

/** A path from the root may lead through a home, so it may have as many names as two paths on the wire. */
const DEEPEST = 2 * LIMITS.pathDepth

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
        const path = type === 'directory' || type === 'file' ? localPathBelow(directory, name) : undefined
        if (path !== undefined && type === 'directory') waiting.push(path)
        if (path !== undefined && type === 'file') yield { path, isDirectory: false }
        if (++looked % AT_ONCE === 0) await setImmediate()
      }
    } catch (error) {
      // Skip a directory that was removed meanwhile, or that this user may not read.
      if (TransferError.from(error).code === 'internal') throw error
    }
  }
}

/** The path of an entry in a directory, for the server's own use; undefined if a walk should not go that deep. */
export function localPathBelow(directory: RemotePath, name: string): RemotePath | undefined {
  return directory.length < DEEPEST ? localPath([...directory, name]) : undefined
}
