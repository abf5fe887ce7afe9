import type { ChosenItem } from '../queue/upload.ts'
import { itemsOf } from './chosen-files.ts'

/** Whether something that is dragged has files. */
export function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') ?? false
}

/**
 * The files and folders that were dropped, with everything in them. Call this in the event: what was dropped is not
 * there afterwards.
 */
export async function droppedItems(dropped: DataTransfer): Promise<readonly ChosenItem[]> {
  const entries = [...dropped.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null)
  // A page that is tested, or an old browser, may have only the files.
  if (entries.length === 0) return itemsOf(dropped.files)
  const found = await Promise.all(entries.map((entry) => itemsIn(entry, [])))
  return found.flat()
}

async function itemsIn(entry: FileSystemEntry, folder: readonly string[]): Promise<readonly ChosenItem[]> {
  if (isFile(entry)) return [{ folder, file: await fileOf(entry) }]
  if (!isDirectory(entry)) return []
  const inside = [...folder, entry.name]
  const items: ChosenItem[] = []
  for await (const child of childrenOf(entry)) items.push(...(await itemsIn(child, inside)))
  return items.length > 0 ? items : [{ folder: inside, file: undefined }]
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory
}

async function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return await new Promise((resolve, reject) => entry.file(resolve, reject))
}

/** The reader gives a hundred entries at a time, and none at the end. */
async function* childrenOf(directory: FileSystemDirectoryEntry): AsyncGenerator<FileSystemEntry> {
  const reader = directory.createReader()
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (batch.length === 0) return
    yield* batch
  }
}
