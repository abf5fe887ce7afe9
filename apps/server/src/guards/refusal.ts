import { TransferError } from '@ftp/protocol'

/** Why a connection is not served. */
export interface Refusal {
  /** The sentence that its peer is sent. */
  readonly text: string
  /** How long the peer should wait before it comes back, in seconds. */
  readonly seconds: number
  /** The accounts that may log in nevertheless, because they have done so from there. */
  readonly except: readonly string[]
}

/** What a request of a refused connection is answered with. */
export class Refused extends TransferError {
  /** As in {@link Refusal}. */
  readonly seconds: number

  constructor({ text, seconds }: Refusal) {
    super('busy', text)
    this.seconds = seconds
  }
}

/** How long to wait for a moment, in seconds. */
export const MOMENT_S = 5
