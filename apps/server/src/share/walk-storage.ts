import { setImmediate } from 'node:timers/promises'
import { HOME, joinPath, type RemotePath, TransferError } from '@ftp/protocol'
import type { Storage } from '../storage/storage.ts'

/**
 * Every directory of a storage, lazily, with the regular files in it. Others get their turn in between.
 * @throws the reason of `signal` when it is aborted
 */
export async function* walkStorage(
  storage: Storage,
  signal?: AbortSignal,
): AsyncGenerator<{ readonly directory: RemotePath; readonly files: readonly RemotePath[] }> {
  const waiting = [HOME]
  for (let directory = waiting.pop(); directory !== undefined; directory = waiting.pop()) {
    const files: RemotePath[] = []
    try {
      for (const { name, type } of storage.list(directory)) {
        if (type === 'directory') waiting.push(joinPath(directory, name))
        if (type === 'file') files.push(joinPath(directory, name))
      }
    } catch (error) {
      // Removed meanwhile, or not for this user to read, or deeper than any path: it is nobody's here.
      if (TransferError.from(error).code === 'internal') throw error
      continue
    }
    yield { directory, files }
    await setImmediate()
    signal?.throwIfAborted()
  }
}
