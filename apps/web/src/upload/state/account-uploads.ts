import { effect, signal } from '@preact/signals'
import type { Path } from '../../api/path.ts'
import { folderChanged } from '../../state/folder.ts'
import { path } from '../../state/route.ts'
import { endedBy, may, session } from '../../state/session.ts'
import type { ChosenItem } from '../queue/upload.ts'
import {
  discardUnfinished,
  findUnfinished,
  readUnfinished,
  type UnfinishedUpload,
} from '../unfinished/unfinished-upload.ts'
import { createUploads } from './uploads.ts'

/** How often to look whether somebody is still sending an upload of an earlier page, in milliseconds. */
const LOOK_MS = 2_000
let looking: ReturnType<typeof setTimeout> | undefined

/** The uploads that earlier pages have left, and that nobody has continued here yet. */
export const unfinished = signal<readonly UnfinishedUpload[]>([])

/** The uploads of the account. */
export const uploads = createUploads('/files', {
  takeEarlier: async (target) => {
    const found = await findFree(target)
    if (found !== undefined) forget(found)
    return found?.url
  },
  onLoginNeeded: endedBy,
  onStored: (folder, base) => {
    folderChanged(folder)
    folderChanged(base)
  },
})

const { queue } = uploads

/** Uploads what was chosen into a folder; by default, into the one that is shown. */
export function upload(items: readonly ChosenItem[], base: Path = path.value): void {
  if (items.length > 0 && may('write')) queue.add(items, base)
}

/** Gives up an upload of an earlier page. */
export async function discard(earlier: UnfinishedUpload): Promise<void> {
  await discardUnfinished(earlier)
  forget(earlier)
}

/** The account whose files the queue sends. */
let sender: string | undefined

/** Begins to follow who is logged in. @returns ends it */
export function followSession(): () => void {
  return effect(() => {
    const { value } = session
    if (value.status !== 'in') return
    const { name } = value.account
    // Whoever logs in next must not send the files of somebody else.
    if (sender !== undefined && sender !== name) queue.forget()
    sender = name
    queue.loggedIn()
    void loadUnfinished()
  })
}

/** An upload to a path that nobody else is sending. After a reload, the server may not know yet that nobody is. */
async function findFree(target: Path): Promise<UnfinishedUpload | undefined> {
  const found = findUnfinished(unfinished.value, target)
  if (found?.isRunning !== true) return found
  await loadUnfinished()
  const again = findUnfinished(unfinished.value, target)
  return again?.isRunning === true ? undefined : again
}

async function loadUnfinished(): Promise<void> {
  clearTimeout(looking)
  try {
    const all = may('write') ? await readUnfinished() : []
    unfinished.value = all.filter(({ url }) => !queue.has(url))
  } catch {
    // They are an offer: without it, the page works as well.
    unfinished.value = []
  }
  clearTimeout(looking)
  if (unfinished.value.some(({ isRunning }) => isRunning))
    looking = setTimeout(() => void loadUnfinished(), LOOK_MS)
}

function forget(earlier: UnfinishedUpload): void {
  unfinished.value = unfinished.value.filter((one) => one !== earlier)
}
