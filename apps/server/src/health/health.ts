import type { Log } from '../log/log.ts'

/** How long a trouble is assumed to continue after its most recent sign, in milliseconds. */
const GOES_ON_MS = 10_000

/** Kinds of trouble of a running server. */
export type Trouble = 'state' | 'root'

const WORDS: Readonly<Record<Trouble, { readonly begins: string; readonly ends: string }>> = {
  state: { begins: 'the state cannot be used', ends: 'the state can be used again' },
  root: { begins: 'the served folder is not there any more', ends: 'the served folder is there again' },
}

/** Whether the server can do everything it should. Each trouble is logged when it begins and when it ends. */
export class Health {
  readonly #log: Log
  /** The time of the most recent sign of each trouble; infinite if the trouble does not end by itself. */
  readonly #seen = new Map<Trouble, number>()
  readonly #now: () => number

  constructor(log: Log, now: () => number = () => performance.now()) {
    this.#log = log
    this.#now = now
  }

  get isWell(): boolean {
    return this.#seen.size === 0
  }

  /**
   * Reports a sign of trouble.
   * @param lasts whether the trouble continues until the server is restarted
   */
  suffers(trouble: Trouble, reason: string, lasts = false): void {
    const seen = this.#seen.get(trouble)
    this.#seen.set(trouble, lasts || seen === Infinity ? Infinity : this.#now())
    if (seen === undefined) this.#log.error({ reason }, WORDS[trouble].begins)
  }

  /** Reports that a check has found no sign of the trouble. */
  recovers(trouble: Trouble): void {
    const seen = this.#seen.get(trouble)
    if (seen === undefined || this.#now() - seen < GOES_ON_MS) return
    this.#seen.delete(trouble)
    this.#log.info({}, WORDS[trouble].ends)
  }
}
