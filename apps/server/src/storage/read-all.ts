import { giveBlock, takeBlock } from '@ftp/md5'
import { type RemotePath, TransferError } from '@ftp/protocol'
import { DiskSource } from './disk-source.ts'
import { FEW_BYTES } from './file-system.ts'
import type { Home } from './home.ts'
import { Parents } from './parents.ts'
import type { Portion, Read } from './storage.ts'

/** See `readAll` of the storage: small files are read one by one, larger ones side by side. */
export async function readAll(
  home: Home,
  paths: Iterable<RemotePath>,
  { largest, enough }: Portion,
): Promise<readonly Read[]> {
  using parents = new Parents(home)
  const reading: (Read | Promise<Read>)[] = []
  let bytes = 0
  for (const path of paths) {
    try {
      const source = new DiskSource(home, path, parents.of(path))
      const { size } = source.entry
      bytes += size
      if (size > largest) {
        source.close()
        reading.push(undefined)
      } else reading.push(size > FEW_BYTES ? read(source) : readNow(source))
    } catch (error) {
      reading.push(TransferError.from(error))
    }
    if (bytes >= enough) break
  }
  return await Promise.all(reading)
}

/** @throws TransferError */
function readNow(source: DiskSource): Read {
  try {
    const bytes = takeBlock(source.entry.size)
    source.readNow(bytes, 0)
    source.requireUnchanged()
    return { entry: source.entry, version: source.version, bytes }
  } finally {
    source.close()
  }
}

/** Never rejects. */
async function read(source: DiskSource): Promise<Read> {
  const bytes = takeBlock(source.entry.size)
  try {
    await source.read(bytes, 0)
    source.requireUnchanged()
    return { entry: source.entry, version: source.version, bytes }
  } catch (error) {
    giveBlock(bytes)
    return TransferError.from(error)
  } finally {
    source.close()
  }
}
