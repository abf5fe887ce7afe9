/** How the transfer of one file ended. */
export interface TransferResult {
  /** `done`: both sides have the same bytes. `skipped`: the target stays as it is, because of a policy. */
  readonly outcome: 'done' | 'skipped'
  /** The size of the file; 0 if it was skipped. */
  readonly bytes: number
  /** Nothing had to be moved, because an earlier attempt had finished the file. */
  readonly repeated?: boolean
  /** The MD5 of the whole file, as 32 hex digits, if it is known. */
  readonly md5?: string | undefined
  /** The name of the file in its target's directory. It differs from the requested one only with `rename`. */
  readonly name?: string | undefined
}
