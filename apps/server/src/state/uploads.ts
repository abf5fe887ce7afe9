/** An upload that has become a file. */
export interface StoredUpload {
  /** The path of the file, below the account's home. */
  readonly path: string
  /** The note of the share, as JSON. */
  readonly answer: string
}

/** The chain of the first bytes of a partial, as far as the server has hashed them. */
export interface RecordedChain {
  /** Chaining values, 16 bytes for each whole block. */
  readonly chain: Uint8Array
  /** The chaining value at {@link size}. */
  readonly value: Uint8Array
  /** The number of bytes that the chain covers, a multiple of 64. */
  readonly size: number
  /** The bytes after these, fewer than 64. */
  readonly tail: Uint8Array
}

/**
 * Identifies a partial. Two partials may have the same key, because a directory that is moved takes its
 * partials along.
 */
export interface PartialId {
  readonly key: string
  /** Relative to the root. */
  readonly directory: string
}

/** The record of an upload that is not a file yet. */
export interface UploadRecord extends PartialId {
  /** The name of the future file; undefined for a partial that was found without a record. */
  readonly name: string | undefined
  readonly account: string | undefined
  /** The size of the file in bytes; undefined if it is not known yet. */
  readonly length: number | undefined
  /** The start of its first attempt, in microseconds since 1970-01-01 UTC. */
  readonly began: number
  /** Whether an upload is writing it now. */
  readonly running: boolean
  /**
   * What the share has noted about an upload whose chain the server computes; undefined if the client proves
   * the partial with a chain of its own.
   */
  readonly note: string | undefined
  /** The version of a partial whose recorded chain needs no proof: see {@link UploadRecords.trust}. */
  readonly trusted: string | undefined
}

/** An upload that begins, for the first time or again. */
export interface BeginningUpload extends PartialId {
  readonly name: string
  readonly account: string
  readonly length: number | null
  readonly note?: string | undefined
}

/**
 * Measures a partial on the disk. Never throws.
 * @returns its size in bytes; undefined if it does not exist; `unknown` if the disk does not tell
 */
export type SizeOf = (partial: PartialId) => number | 'unknown' | undefined
