import { createUploads, type Uploads } from '../upload/state/uploads.ts'
import { firstAlone } from '../upload/transfer/first-alone.ts'
import { UnfinishedUploads } from '../upload/unfinished/unfinished-uploads.ts'
import { OwnUploads } from './own-uploads.ts'

interface GuestUploads {
  readonly uploads: Uploads
  /** What was begun in this browser before. */
  readonly unfinished: UnfinishedUploads
}

let guestUploads: GuestUploads | undefined

/** The uploads of this page to its link, of which there is one. They stay while the password is asked for again. */
export function uploadsTo(base: string, onLocked: () => void): GuestUploads {
  guestUploads ??= begin(base, onLocked)
  return guestUploads
}

function begin(base: string, onLocked: () => void): GuestUploads {
  const own = new OwnUploads(base)
  const unfinished = new UnfinishedUploads({
    read: async () => await own.read(),
    isSent: (url) => uploads.queue.has(url),
  })
  const uploads = createUploads(base, {
    isGuest: true,
    onLoginNeeded: onLocked,
    send: own.following(firstAlone(fetch)),
    takeEarlier: (path) => unfinished.take(path),
  })
  return { uploads, unfinished }
}
