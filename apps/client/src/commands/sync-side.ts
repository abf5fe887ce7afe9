import fs from 'node:fs'
import { type Entry, formatPath, type RemotePath, TransferError } from '@ftp/protocol'
import type { Client } from '../client.ts'
import { listTree } from './listing.ts'
import { type LocalEntry, walkLocal } from './local-tree.ts'

/** A tree on one side of a sync. */
export interface Side {
  /** @throws TransferError `not_directory` */
  exists(): Promise<boolean>
  /** Everything in it, each directory before what is in it. @param onFailure told of what cannot be read */
  walk(onFailure: (failure: TransferError) => void): AsyncIterable<LocalEntry | Entry>
}

export function localSide(root: string): Side {
  return {
    exists: async () => {
      const stats = fs.statSync(root, { throwIfNoEntry: false })
      if (stats !== undefined && !stats.isDirectory())
        throw new TransferError('not_directory', `"${root}" is not a directory`)
      return stats !== undefined
    },
    walk: (onFailure) => walkLocal(root, onFailure),
  }
}

export function remoteSide(client: Client, root: RemotePath): Side {
  return {
    async exists() {
      try {
        if ((await client.stat(root)).type === 'directory') return true
        throw new TransferError('not_directory', `"${formatPath(root)}" is not a directory on the server`)
      } catch (error) {
        if (error instanceof TransferError && error.code === 'not_found') return false
        throw error
      }
    },
    walk: (onFailure) => listTree(client, root, onFailure),
  }
}
