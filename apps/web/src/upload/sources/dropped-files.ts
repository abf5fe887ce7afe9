import type { ChosenItem } from '../queue/upload.ts'
import { measureSizes } from './measure-sizes.ts'

/** Whether something that is dragged has files. */
export function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') ?? false
}

/** Up to this many, everything that is dropped is asked whether it is a folder. */
const MOST_ASKED = 500

/**
 * The files and folders that were dropped, with everything in them. Call this in the event: what was dropped is not
 * there afterwards.
 */
export async function droppedItems({ items: dropped }: DataTransfer): Promise<readonly ChosenItem[]> {
  const sources = [...dropped].map((item) => sourceOf(item, dropped.length <= MOST_ASKED))
  const found: ChosenItem[] = []
  for (const source of sources) {
    if (source instanceof File) found.push({ folder: [], file: source })
    else if (source !== null) found.push(...(await itemsIn(source, [])))
  }
  return await measureSizes(found)
}

/**
 * For each item, the browser looks at the disk while the page waits. Of thousands, only those are asked whose names do not
 * look like those of files; if a folder is among the others, its upload fails and says so.
 */
function sourceOf(item: DataTransferItem, isAsked: boolean): FileSystemEntry | File | null {
  const file = item.getAsFile()
  return isAsked || file?.type === '' ? (item.webkitGetAsEntry() ?? file) : file
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
