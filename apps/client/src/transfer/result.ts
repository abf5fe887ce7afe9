/** How the transfer of one file ended. */
export interface TransferResult {
  /** Both sides have the same bytes; or the target stays as it is, because of a policy. */
  readonly outcome: 'done' | 'skipped'
  /** Size of the file; 0 if it was skipped. */
  readonly bytes: number
  /** Nothing had to be moved: an earlier attempt had finished it. */
  readonly repeated?: boolean
  readonly md5?: string | undefined
  /** Its last name at its target: another one than it was to get only with `rename`. */
  readonly name?: string | undefined
}
