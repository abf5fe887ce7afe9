/** The digest of the content of one file version. */
export interface Digest {
  /**
   * Chaining values, 16 bytes for each whole block, beginning with the first; the last ones may be missing.
   */
  readonly chain: Uint8Array
  readonly md5?: Uint8Array | undefined
  /** The upload that stored this version. */
  readonly upload?: string | undefined
}

export type NamedDigest = readonly [version: string, digest: Digest]
