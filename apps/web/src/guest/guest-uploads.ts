import { createUploads, type Uploads } from '../upload/state/uploads.ts'
import { firstAlone } from '../upload/transfer/first-alone.ts'

let uploads: Uploads | undefined

/** The uploads of this page to its link, of which there is one. They stay while the password is asked for again. */
export function guestUploads(base: string, onLocked: () => void): Uploads {
  uploads ??= createUploads(base, { isGuest: true, onLoginNeeded: onLocked, send: firstAlone(fetch) })
  return uploads
}
