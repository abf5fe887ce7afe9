import type { BlobHasher } from '../hashing/hash-blob.ts'
import { beginTransfer } from '../transfer/begin-transfer.ts'
import { isTemporary } from '../transfer/errors.ts'
import type { Transfer } from '../transfer/transfer.ts'
import type { UploadClient } from '../transfer/upload-client.ts'
import { backoff, pause, type Waker } from './backoff.ts'
import type { Job } from './job.ts'
import type { Speed } from './speed.ts'
import type { Upload, UploadState } from './upload.ts'

/** What all uploads of a queue are sent with. */
export interface SendOptions {
  readonly client: UploadClient
  readonly hasher: BlobHasher
  /**
   * The URL of an unfinished upload to this path, which the file may continue. Each is returned once.
   */
  readonly takeEarlier?: (path: readonly string[]) => Promise<string | undefined>
}

/** What an upload needs to be sent. */
export interface Sending extends SendOptions {
  readonly upload: Upload
  readonly job: Job
  /** Stops it. */
  readonly signal: AbortSignal
  /** Ends all waits for the server. */
  readonly waker: Waker
  readonly speed: Speed
  readonly onState: (state: UploadState) => void
  /** The server has more bytes. */
  readonly onProgress: () => void
}

/** Tries until the file is stored, or something fails that another attempt cannot mend. */
export async function sendUpload(sending: Sending): Promise<void> {
  const { upload, signal, waker, onState } = sending
  for (let failures = 0; ; failures++) {
    const { sent } = upload
    try {
      return await attempt(sending)
    } catch (error) {
      if (signal.aborted || !isTemporary(error)) throw error
    }
    if (upload.sent > sent) failures = 0
    onState({ type: 'unreachable' })
    await pause(backoff(failures), signal, waker.signal)
    signal.throwIfAborted()
  }
}

async function attempt(sending: Sending): Promise<void> {
  const { upload, job, signal } = sending
  const { file, folder } = upload.item
  await job.batch.folders.make(folder, signal)
  if (file === undefined) return
  job.transfer ??= await transferOf(file, sending)
  await job.transfer.run(signal)
}

async function transferOf(file: File, sending: Sending): Promise<Transfer> {
  const { client, hasher, takeEarlier, upload, job, waker, speed, onProgress } = sending
  const { path, ifExists } = upload
  // An answer may still arrive after the upload has been paused. The transfer lasts for several attempts, each of which
  // has a signal of its own.
  const show = (state: UploadState): void => {
    if (job.stop?.signal.aborted !== true) sending.onState(state)
  }
  return beginTransfer({
    ...{ client, hasher, file, path, ifExists },
    earlier: await takeEarlier?.(path),
    listener: {
      onAnswer: () => {
        if (upload.state.type !== 'unreachable') return
        show({ type: 'sending' })
        waker.wake()
      },
      onPlaced: (bytes) => {
        upload.sent = bytes
        show({ type: 'sending' })
      },
      onProgress: (bytes) => {
        speed.count(Math.max(0, bytes - upload.sent), performance.now())
        upload.sent = bytes
        onProgress()
      },
      onCompared: (bytes) => show({ type: 'comparing', bytes }),
      onContinued: () => {
        upload.notice = 'continued'
      },
      onRestarted: () => {
        upload.notice = 'restarted'
      },
    },
  })
}
