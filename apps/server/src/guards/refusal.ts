/** Why a connection is not served. */
export interface Refusal {
  /** The sentence that its peer is sent. */
  readonly text: string
  /** The accounts that may log in nevertheless, because they have done so from there. */
  readonly except: readonly string[]
}
