import path from 'node:path'
import { explain } from '@ftp/files'
import { type Entry, type IfExists, printable, TransferError } from '@ftp/protocol'
import { type LocalDisk, localDisk } from './local-disk.ts'
import { LocalFolder } from './local-folder.ts'
import { WholeFile } from './whole-file.ts'

/** A file whose bytes are at hand. */
export interface ReceivedFile {
  /** The final path, itself no link. */
  readonly target: string
  readonly bytes: Uint8Array
  readonly entry: Entry
}

/** The name that a file has got, undefined if the existing one stays, or what failed. */
export type Stored = string | undefined | TransferError

/** Stores files that came together, each as a {@link WholeFile}, and syncs each folder once. */
export async function storeAll(
  files: readonly ReceivedFile[],
  ifExists: IfExists,
  disk: LocalDisk = localDisk,
): Promise<readonly Stored[]> {
  const stored = await Promise.all(files.map((file) => storeOne(file, ifExists, disk)))
  const folders = new Set(files.map(({ target }) => path.dirname(target)))
  const failures = new Map<string, unknown>()
  await Promise.all(
    Array.from(folders, async (folder) => {
      try {
        await new LocalFolder(folder, disk).sync()
      } catch (error) {
        failures.set(folder, error)
      }
    }),
  )
  if (failures.size === 0) return stored
  return files.map(({ target }, index) => {
    const failure = failures.get(path.dirname(target))
    const one = stored[index]
    if (failure === undefined || one instanceof TransferError) return one
    return explain(failure, `"${printable(target)}"`)
  })
}

async function storeOne(
  { target, bytes, entry }: ReceivedFile,
  ifExists: IfExists,
  disk: LocalDisk,
): Promise<Stored> {
  try {
    using file = new WholeFile(target, entry.mode, disk)
    await file.write(bytes)
    return await file.publish(entry, ifExists)
  } catch (error) {
    return TransferError.from(error)
  }
}
