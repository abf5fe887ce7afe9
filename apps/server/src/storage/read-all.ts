import { FEW_BYTES } from '@ftp/files'
import { type RemotePath, TransferError } from '@ftp/protocol'
import type { DescriptorBudget } from './descriptor-budget.ts'
import { DiskSource } from './disk-source.ts'
import { groupsOf } from './groups.ts'
import type { Home } from './home.ts'
import { Parents } from './parents.ts'
import type { Read } from './storage.ts'

/** Implements `Storage.readAll`: reads as many files at once as there are descriptors for. */
export async function readAll(
  home: Home,
  paths: readonly RemotePath[],
  { buffer, descriptors }: { readonly buffer: Uint8Array; readonly descriptors: DescriptorBudget },
): Promise<readonly Read[]> {
  const done: Read[] = []
  let end = 0
  for (const group of groupsOf(paths, (path) => path, descriptors.capacity)) {
    using _held = await descriptors.take(group.descriptors)
    const { read, end: next } = await readGroup(home, group.files, buffer, end)
    done.push(...read)
    if (read.length < group.files.length) break
    end = next
  }
  return done
}

/**
 * Reads files into `buffer` from `start` on: small ones one by one, larger ones side by side.
 * @returns the results for as many paths as there is room for, and the offset at which the free space begins
 */
async function readGroup(
  home: Home,
  paths: readonly RemotePath[],
  buffer: Uint8Array,
  start: number,
): Promise<{ readonly read: readonly Read[]; readonly end: number }> {
  using parents = new Parents(home)
  const reading: (Read | Promise<Read>)[] = []
  let end = start
  for (const path of paths) {
    try {
      const source = new DiskSource(home, path, parents.of(path))
      const { size } = source.entry
      const fits = size <= buffer.length - end
      const one = fits ? readInto(buffer.subarray(end, end + size), source) : tooLarge(source)
      // The file would fit into an empty buffer, so the next call can read it.
      if (!fits && size <= buffer.length) break
      reading.push(one)
      if (fits) end += size
    } catch (error) {
      reading.push(TransferError.from(error))
    }
  }
  return { read: await Promise.all(reading), end }
}

/**
 * Reads a whole file and closes it.
 * @throws TransferError; if files are read side by side, the error is the result instead
 */
function readInto(bytes: Uint8Array, source: DiskSource): Read | Promise<Read> {
  return bytes.length > FEW_BYTES ? readBeside(bytes, source) : readNow(bytes, source)
}

function readNow(bytes: Uint8Array, opened: DiskSource): Read {
  using source = opened
  source.readNow(bytes, 0)
  source.requireUnchanged()
  return { ...statusOf(source), bytes }
}

async function readBeside(bytes: Uint8Array, opened: DiskSource): Promise<Read> {
  using source = opened
  try {
    await source.read(bytes, 0)
    source.requireUnchanged()
    return { ...statusOf(source), bytes }
  } catch (error) {
    return TransferError.from(error)
  }
}

function tooLarge(opened: DiskSource): Read {
  using source = opened
  return statusOf(source)
}

function statusOf({
  entry,
  version,
  settled,
}: DiskSource): Pick<DiskSource, 'entry' | 'version' | 'settled'> {
  return { entry, version, settled }
}
