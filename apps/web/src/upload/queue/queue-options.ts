import type { SendOptions } from './send-upload.ts'

/** What a queue works with, and whom it tells. */
export interface QueueOptions extends SendOptions {
  /** Whether the server gives another name to a file whose name exists, as it does for guests. */
  readonly isGuest?: boolean
  /** Something has changed. It may be called many times a second. */
  readonly onChange: () => void
  /** The session has ended. Nothing is sent before `UploadQueue.loggedIn`. */
  readonly onLoginNeeded?: (error: unknown) => void
  /** Something has been stored in `folder`, which is `base` or somewhere below it. */
  readonly onStored?: (folder: readonly string[], base: readonly string[]) => void
}
