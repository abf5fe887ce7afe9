import { type RemotePath, TransferError } from '@ftp/protocol'
import { DiskSource } from './disk-source.ts'
import type { Home } from './home.ts'
import { Parents } from './parents.ts'
import type { Portion, Read } from './storage.ts'

/** See `readAll` of the storage: all are opened, then all are read. */
export async function readAll(
  home: Home,
  paths: Iterable<RemotePath>,
  portion: Portion,
): Promise<readonly Read[]> {
  const sources = openAll(home, paths, portion)
  return await Promise.all(sources.map(read))
}

function openAll(
  home: Home,
  paths: Iterable<RemotePath>,
  { largest, enough }: Portion,
): (DiskSource | TransferError | undefined)[] {
  using parents = new Parents(home)
  const sources: (DiskSource | TransferError | undefined)[] = []
  let bytes = 0
  for (const path of paths) {
    try {
      const source = new DiskSource(home, path, parents.of(path))
      const isLarge = source.entry.size > largest
      sources.push(isLarge ? undefined : source)
      bytes += source.entry.size
      if (isLarge) source.close()
    } catch (error) {
      sources.push(TransferError.from(error))
    }
    if (bytes >= enough) break
  }
  return sources
}

async function read(source: DiskSource | TransferError | undefined): Promise<Read> {
  if (!(source instanceof DiskSource)) return source
  try {
    const bytes = Buffer.allocUnsafe(source.entry.size)
    await source.read(bytes, 0)
    source.requireUnchanged()
    return { entry: source.entry, version: source.version, bytes }
  } catch (error) {
    return TransferError.from(error)
  } finally {
    source.close()
  }
}
