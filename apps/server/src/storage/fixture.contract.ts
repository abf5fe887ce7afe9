import { type Entry, parsePath, TransferError } from '@ftp/protocol'
import type { FileMetadata, Storage } from './storage.ts'

/** A storage to be tested, empty. Disposing of it removes it. */
export interface StorageFixture extends AsyncDisposable {
  readonly storage: Storage
  /** Puts things into a directory whose names no RemotePath can hold. @returns how many */
  plantUnnamable(directory: string): number
}

export type MakeStorage = () => StorageFixture

export const KEY = '0123456789abcdef0123456789abcdef'
export const OTHER_KEY = 'fedcba9876543210fedcba9876543210'
const STORE_KEY = '00112233445566778899aabbccddeeff'
/** A time in microseconds that no clock rounds to something else. */
export const MTIME = 1_600_000_000_123_457

export const REPLACE: FileMetadata = { ifExists: 'replace' }

/** Stores a text as a file. */
export async function store(
  storage: Storage,
  path: string,
  text: string,
  metadata: FileMetadata = REPLACE,
): Promise<void> {
  await using partial = storage.openPartial(parsePath(path), STORE_KEY, text.length)
  await partial.write(Buffer.from(text), 0)
  await partial.commit(metadata)
}

/** The content of a file. */
export async function load(storage: Storage, path: string): Promise<string> {
  await using file = storage.open(parsePath(path))
  const buffer = Buffer.alloc(file.entry.size)
  return buffer.subarray(0, await file.read(buffer, 0)).toString()
}

export function entries(storage: Storage, path: string): Entry[] {
  return [...storage.list(parsePath(path))].sort((a, b) => (a.name < b.name ? -1 : 1))
}

export function namesIn(storage: Storage, path: string): string[] {
  return entries(storage, path).map(({ name }) => name)
}

/** The code that an action fails with. Anything but a TransferError is a fault of the storage. */
export async function failureOf(action: () => unknown): Promise<string> {
  try {
    await action()
  } catch (error) {
    if (error instanceof TransferError) return error.code
    throw new Error('something else than a TransferError was thrown', { cause: error })
  }
  return 'no failure'
}
