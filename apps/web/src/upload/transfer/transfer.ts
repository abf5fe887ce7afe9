import type { BlobHasher } from '../hashing/hash-blob.ts'
import type { IfExists, UploadClient } from './upload-client.ts'

/** One file on its way to the server, in as many attempts as it takes. */
export interface Transfer {
  /** The URL of the upload, if it has one. */
  readonly url: string | undefined
  /**
   * Makes one attempt, which continues what earlier ones have achieved.
   * @throws ApiError; DOMException if the file cannot be read
   */
  run(signal: AbortSignal): Promise<void>
  /** Removes what the server has of the file. Call this when no attempt is running. */
  discard(signal: AbortSignal): Promise<void>
}

/** What happens during a transfer. */
export interface TransferListener {
  /** The attempt begins with this many bytes that the server has already. */
  readonly onPlaced: (bytes: number) => void
  /** The server has this many bytes of the file. */
  readonly onProgress: (bytes: number) => void
  /** The server has answered. */
  readonly onAnswer: () => void
  /** This many bytes have been compared with those that an earlier upload left on the server. */
  readonly onCompared: (bytes: number) => void
  /** The file is the one with which the earlier upload began, and continues it. */
  readonly onContinued: () => void
  /** The file starts over: it is another one than that of the earlier upload, or the server has removed the upload. */
  readonly onRestarted: () => void
}

export interface TransferOptions {
  readonly client: UploadClient
  readonly hasher: BlobHasher
  readonly file: Blob
  /** Where the file is to be stored. */
  readonly path: readonly string[]
  readonly ifExists: IfExists
  readonly listener: TransferListener
  /** The URL of an earlier upload to this path, which this file may continue. */
  readonly earlier?: string | undefined
}
