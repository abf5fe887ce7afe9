import { type RemotePath, TransferError } from '@ftp/protocol'
import { DiskSource } from './disk-source.ts'
import { FEW_BYTES } from './file-system.ts'
import type { Home } from './home.ts'
import { Parents } from './parents.ts'
import type { Read } from './storage.ts'

/** See `readAll` of the storage: small files are read one by one, larger ones side by side. */
export async function readAll(
  home: Home,
  paths: readonly RemotePath[],
  room: Uint8Array,
): Promise<readonly Read[]> {
  using parents = new Parents(home)
  const reading: (Read | Promise<Read>)[] = []
  let end = 0
  for (const path of paths) {
    try {
      const source = new DiskSource(home, path, parents.of(path))
      const { size } = source.entry
      if (size > room.length - end) {
        source.close()
        // Another time there is room for it.
        if (size <= room.length) break
        reading.push(told(source))
        continue
      }
      const bytes = room.subarray(end, end + size)
      reading.push(size > FEW_BYTES ? read(source, bytes) : readNow(source, bytes))
      end += size
    } catch (error) {
      reading.push(TransferError.from(error))
    }
  }
  return await Promise.all(reading)
}

/** @throws TransferError */
function readNow(source: DiskSource, bytes: Uint8Array): Read {
  try {
    source.readNow(bytes, 0)
    source.requireUnchanged()
    return { ...told(source), bytes }
  } finally {
    source.close()
  }
}

/** Never rejects. */
async function read(source: DiskSource, bytes: Uint8Array): Promise<Read> {
  try {
    await source.read(bytes, 0)
    source.requireUnchanged()
    return { ...told(source), bytes }
  } catch (error) {
    return TransferError.from(error)
  } finally {
    source.close()
  }
}

function told({ entry, version, settled }: DiskSource): Pick<DiskSource, 'entry' | 'version' | 'settled'> {
  return { entry, version, settled }
}
