import { signal } from '@preact/signals'
import type { Entry } from '../api/entry.ts'
import { entriesIn, requestListing } from '../api/listing.ts'
import { formatPath, type Path } from '../api/path.ts'
import { takeFirstListing } from './first-listing.ts'
import { endedBy, refreshAccount } from './session.ts'

/** The folder that is shown. */
export interface Folder {
  readonly path: Path
  /** In the order in which the server lists them. */
  readonly entries: readonly Entry[]
  /** Whether more entries may come. */
  readonly isLoading: boolean
  /** Why it cannot be listed. */
  readonly error: unknown
}

/** After this many milliseconds without an end, what has come of a new folder is shown. */
const PREVIEW_MS = 300
/** How many milliseconds changes are gathered, before the folder is read again because of them. */
const GATHER_MS = 250

export const folder = signal<Folder>({ path: [], entries: [], isLoading: true, error: undefined })

let running = new AbortController()
let refreshing: ReturnType<typeof setTimeout> | undefined

/** Reads another folder. */
export async function openFolder(path: Path): Promise<void> {
  folder.value = { path, entries: [], isLoading: true, error: undefined }
  await read(path, PREVIEW_MS)
}

/** Reads the folder again; what is shown stays until its end. */
export async function refreshFolder(): Promise<void> {
  await read(folder.value.path, Number.POSITIVE_INFINITY)
  await refreshAccount()
}

/** Takes entries out of the folder that no longer exist. */
export function dropEntries(path: Path, names: ReadonlySet<string>): void {
  if (formatPath(path) !== formatPath(folder.value.path)) return
  const entries = folder.value.entries.filter(({ name }) => !names.has(name))
  folder.value = { ...folder.value, entries }
}

/** Gives an entry another name. */
export function renameEntry(path: Path, from: string, to: string): void {
  if (formatPath(path) !== formatPath(folder.value.path)) return
  const entries = folder.value.entries.map((entry) => (entry.name === from ? { ...entry, name: to } : entry))
  folder.value = { ...folder.value, entries }
}

/** Notices that something in a folder has changed. */
export function folderChanged(path: Path): void {
  if (formatPath(path) !== formatPath(folder.value.path)) return
  if (refreshing !== undefined) return
  refreshing = setTimeout(() => {
    refreshing = undefined
    void refreshFolder()
  }, GATHER_MS)
}

async function read(path: Path, previewAfter: number): Promise<void> {
  running.abort()
  running = new AbortController()
  const { signal } = running
  const began = performance.now()
  const entries: Entry[] = []
  let isShown = false
  try {
    const listing = (await takeFirstListing(path)) ?? (await requestListing(path, signal))
    for await (const batch of entriesIn(listing)) {
      signal.throwIfAborted()
      entries.push(...batch)
      if (isShown || performance.now() - began < previewAfter) continue
      isShown = true
      folder.value = { path, entries: [...entries], isLoading: true, error: undefined }
    }
    folder.value = { path, entries, isLoading: false, error: undefined }
  } catch (error) {
    if (signal.aborted || endedBy(error)) return
    folder.value = { ...folder.value, path, isLoading: false, error }
  }
}
