import { effect } from '@preact/signals'
import type { Path } from '../../api/path.ts'
import { folderChanged } from '../../state/folder.ts'
import { path } from '../../state/route.ts'
import { endedBy, may, session } from '../../state/session.ts'
import type { ChosenItem } from '../queue/upload.ts'
import { readUnfinished } from '../unfinished/unfinished-upload.ts'
import { UnfinishedUploads } from '../unfinished/unfinished-uploads.ts'
import { createUploads } from './uploads.ts'

/** The uploads that earlier pages of the account have left. */
export const unfinished = new UnfinishedUploads({
  read: async () => (may('write') ? await readUnfinished() : []),
  isSent: (url) => queue.has(url),
})

/** The uploads of the account. */
export const uploads = createUploads('/files', {
  takeEarlier: (target) => unfinished.take(target),
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
    void unfinished.load()
  })
}
