import { signal } from '@preact/signals'
import { WorkerHasher } from '../hashing/worker-hasher.ts'
import type { QueueOptions } from '../queue/queue-options.ts'
import { UploadQueue } from '../queue/upload-queue.ts'
import { type Send, UploadClient } from '../transfer/upload-client.ts'

/** How often what is shown of the uploads follows them, in milliseconds. */
const SHOWN_MS = 200

/** The uploads of a page, and a signal for those who show them. */
export interface Uploads {
  readonly queue: UploadQueue
  /** Changes a few times a second while something happens. Read it to be rendered again. */
  readonly changes: { readonly value: number }
}

interface UploadsOptions
  extends Pick<QueueOptions, 'isGuest' | 'takeEarlier' | 'onLoginNeeded' | 'onStored'> {
  /** Sends a request. Default: `fetch`. */
  readonly send?: Send
}

/** @param base the URL of the folder at which paths begin */
export function createUploads(base: string, { send = fetch, ...options }: UploadsOptions = {}): Uploads {
  const changes = signal(0)
  let isShown = true
  const onChange = (): void => {
    if (!isShown) return
    isShown = false
    setTimeout(() => {
      isShown = true
      changes.value++
    }, SHOWN_MS)
  }
  const client = new UploadClient((target, init) => send(target, init), base)
  const queue = new UploadQueue({ client, hasher: new WorkerHasher(), onChange, ...options })
  addEventListener('online', () => queue.wake())
  addEventListener('beforeunload', (event) => {
    if (queue.isBusy) event.preventDefault()
  })
  return { queue, changes }
}
