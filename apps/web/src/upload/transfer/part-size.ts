/** How long one part should take, in milliseconds: the bar moves that often, and a lost part costs no more. */
const TARGET_MS = 1_000
/** The maximum number of blocks in one part. */
const MOST_BLOCKS = 64

/** Finds how many blocks to send in one request on this connection: few on a slow line, many on a quick one. */
export class PartSize {
  #blocks = 1

  get blocks(): number {
    return this.#blocks
  }

  /** @param milliseconds how long a part of `blocks` blocks took */
  took(milliseconds: number, blocks: number): void {
    const fitting = Math.floor((blocks * TARGET_MS) / Math.max(milliseconds, 1))
    this.#blocks = Math.max(1, Math.min(fitting, 2 * this.#blocks, MOST_BLOCKS))
  }
}
