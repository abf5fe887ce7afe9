import { type Entry, joinPath, parsePath, type RemotePath, TransferError } from '@ftp/protocol'
import { turn } from '../../../guards/turns.ts'
import { list } from '../../../share/list.ts'
import { Omissions } from '../../../share/omissions.ts'
import type { Share } from '../../../share/share.ts'
import { stat } from '../../../share/stat.ts'
import type { Exchange } from '../connection/exchange.ts'
import { Refusal } from '../connection/problem.ts'
import { ZipLength } from './zip-length.ts'
import { ZipNames } from './zip-names.ts'

/** The maximum number of entries in one archive: their names are in memory until its end. */
const MOST_ENTRIES = 100_000

/** An entry of an archive, by its path below the folder that the archive is of, and its name in the archive. */
export interface ZipEntry {
  readonly entry: Entry
  readonly name: string
}

/** What an archive will have in it, and how long it will be. */
export interface ZipContents {
  readonly entries: readonly ZipEntry[]
  /** In bytes. */
  readonly length: number
}

/**
 * Everything in a folder that an archive can hold.
 * @param chosen the names of those entries of the folder that are wanted; all of them if it is empty
 * @throws Refusal 413; TransferError `not_found` if one that was chosen does not exist
 */
export async function zipEntries(
  exchange: Exchange,
  share: Share,
  path: RemotePath,
  chosen: readonly string[],
): Promise<ZipContents> {
  const names = new ZipNames()
  const entries: ZipEntry[] = []
  const length = new ZipLength()
  const batches = chosen.length === 0 ? everything(share, path) : those(share, path, chosen)
  for await (const batch of batches) {
    // Otherwise, a large folder would keep this thread until its end.
    await turn(share.blocks.owner)
    exchange.signal.throwIfAborted()
    for (const entry of batch) {
      const isDirectory = entry.type === 'directory'
      if (!isDirectory && entry.type !== 'file') continue
      if (entries.length === MOST_ENTRIES)
        throw new Refusal(
          413,
          'too_large',
          `an archive has at most ${MOST_ENTRIES} entries; take a smaller folder`,
        )
      const given = names.nameOf(entry.name, isDirectory)
      const name = isDirectory ? `${given}/` : given
      entries.push({ entry, name })
      length.add(name, isDirectory ? 0 : entry.size)
    }
  }
  return { entries, length: length.total }
}

function everything(share: Share, path: RemotePath): AsyncGenerator<readonly Entry[]> {
  return list(share, path, true, new Omissions())
}

async function* those(
  share: Share,
  path: RemotePath,
  names: readonly string[],
): AsyncGenerator<readonly Entry[]> {
  for (const name of new Set(names)) {
    if (parsePath(name).length !== 1)
      throw new TransferError('name', 'a name is that of an entry of the folder')
    const at = joinPath(path, name)
    const { entry } = await stat(share, at)
    yield [{ ...entry, name }]
    if (entry.type !== 'directory') continue
    for await (const batch of everything(share, at))
      yield batch.map((below) => ({ ...below, name: `${name}/${below.name}` }))
  }
}
