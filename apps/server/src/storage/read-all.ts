import { type RemotePath, TransferError } from '@ftp/protocol'
import type { DescriptorBudget } from './descriptor-budget.ts'
import { DiskSource } from './disk-source.ts'
import { FEW_BYTES } from './file-system.ts'
import { groupsOf } from './groups.ts'
import type { Home } from './home.ts'
import { Parents } from './parents.ts'
import type { Read } from './storage.ts'

/** See `readAll` of the storage: as many files at once as there are descriptors for. */
export async function readAll(
  home: Home,
  paths: readonly RemotePath[],
  { room, descriptors }: { readonly room: Uint8Array; readonly descriptors: DescriptorBudget },
): Promise<readonly Read[]> {
  const done: Read[] = []
  let left = room
  for (const group of groupsOf(paths, (path) => path, descriptors.capacity)) {
    using _held = await descriptors.take(group.descriptors)
    const read = await readGroup(home, group.files, left, room.length)
    done.push(...read)
    if (read.length < group.files.length) break
    for (const one of read) if (!(one instanceof TransferError)) left = left.subarray(one.bytes?.length ?? 0)
  }
  return done
}

/**
 * Small files are read one by one, larger ones side by side.
 * @param room where their bytes go
 * @param most bytes that a file may have at all
 * @returns as many as there is room for
 */
async function readGroup(
  home: Home,
  paths: readonly RemotePath[],
  room: Uint8Array,
  most: number,
): Promise<readonly Read[]> {
  using parents = new Parents(home)
  const reading: (Read | Promise<Read>)[] = []
  let end = 0
  for (const path of paths) {
    try {
      using opened = new DisposableStack()
      const source = opened.use(new DiskSource(home, path, parents.of(path)))
      const { size } = source.entry
      if (size > room.length - end) {
        // Another time there is room for it.
        if (size <= most) break
        reading.push(told(source))
        continue
      }
      const bytes = room.subarray(end, end + size)
      if (size > FEW_BYTES) reading.push(read(opened.move(), source, bytes))
      else reading.push(readNow(source, bytes))
      end += size
    } catch (error) {
      reading.push(TransferError.from(error))
    }
  }
  return await Promise.all(reading)
}

/** @throws TransferError */
function readNow(source: DiskSource, bytes: Uint8Array): Read {
  source.readNow(bytes, 0)
  source.requireUnchanged()
  return { ...told(source), bytes }
}

/** Never rejects. @param opened disposed of at the end */
async function read(opened: Disposable, source: DiskSource, bytes: Uint8Array): Promise<Read> {
  using _opened = opened
  try {
    await source.read(bytes, 0)
    source.requireUnchanged()
    return { ...told(source), bytes }
  } catch (error) {
    return TransferError.from(error)
  }
}

function told({ entry, version, settled }: DiskSource): Pick<DiskSource, 'entry' | 'version' | 'settled'> {
  return { entry, version, settled }
}
