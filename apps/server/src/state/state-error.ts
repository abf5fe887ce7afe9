import { TransferError } from '@ftp/protocol'

/** The state cannot be used, through no fault of the program. */
export class StateError extends TransferError {
  /** Whether the failure is permanent, so that retrying does not help. */
  readonly isDamage: boolean

  /** @param code `busy` if another attempt in a moment may succeed */
  constructor(
    code: 'busy' | 'no_space' | 'io',
    message: string,
    { isDamage = false, cause }: { readonly isDamage?: boolean; readonly cause?: unknown } = {},
  ) {
    super(code, message, { cause })
    this.isDamage = isDamage
  }
}
