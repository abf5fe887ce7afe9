import { basename, dirname } from 'node:path'
import { explain } from '@ftp/files'
import { type Entry, type IfExists, printable, TransferError } from '@ftp/protocol'
import { type LocalDisk, localDisk } from './local-disk.ts'
import { LocalFolder } from './local-folder.ts'
import { WholeFile } from './whole-file.ts'

/** A file whose bytes are all in memory. */
export interface ReceivedFile {
  /** The final path, which is no link. */
  readonly target: string
  readonly bytes: Uint8Array
  readonly entry: Entry
}

/** The name that a file got, undefined if the existing file stays, or its failure. */
export type Stored = string | undefined | TransferError

/** Stores files that arrived in one reply, each as a {@link WholeFile}, and syncs each folder once. */
export async function storeAll(
  files: readonly ReceivedFile[],
  ifExists: IfExists,
  disk: LocalDisk = localDisk,
): Promise<readonly Stored[]> {
  const folders = new Map<string, LocalFolder>()
  const stored = await Promise.all(
    files.map((file) => {
      const path = dirname(file.target)
      const folder = folders.get(path) ?? new LocalFolder(path, disk)
      folders.set(path, folder)
      return storeOne(folder, file, ifExists)
    }),
  )
  const failures = new Map<string, unknown>()
  await Promise.all(
    Array.from(folders, ([path, folder]) =>
      folder.sync().catch((error: unknown) => failures.set(path, error)),
    ),
  )
  if (failures.size === 0) return stored
  return stored.map((one, index) => {
    const target = files[index]?.target ?? ''
    const failure = failures.get(dirname(target))
    return failure === undefined || one instanceof TransferError
      ? one
      : explain(failure, `"${printable(target)}"`, 'here')
  })
}

async function storeOne(
  folder: LocalFolder,
  { target, bytes, entry }: ReceivedFile,
  ifExists: IfExists,
): Promise<Stored> {
  try {
    using file = new WholeFile(folder, basename(target), entry.mode)
    await file.write(bytes)
    return await file.publish(entry, ifExists)
  } catch (error) {
    return explain(error, `"${printable(target)}"`, 'here')
  }
}
