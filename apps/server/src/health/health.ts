import type { Log } from '../log/log.ts'

/** For so long after its last sign, trouble is taken to go on; in milliseconds. */
const GOES_ON_MS = 10_000

/** What can be wrong with a server that runs. */
export type Trouble = 'state' | 'root'

const WORDS: Readonly<Record<Trouble, { readonly begins: string; readonly ends: string }>> = {
  state: { begins: 'the state cannot be used', ends: 'the state can be used again' },
  root: { begins: 'the served folder is not there any more', ends: 'the served folder is there again' },
}

/** Whether the server can do all that it is there for. Each trouble is logged when it begins and when it has ended. */
export class Health {
  readonly #log: Log
  /** When each was last seen; infinite for one that does not end by itself. */
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
   * A sign of trouble.
   * @param lasts whether it goes on until the server is started again
   */
  suffers(trouble: Trouble, reason: string, lasts = false): void {
    const seen = this.#seen.get(trouble)
    this.#seen.set(trouble, lasts || seen === Infinity ? Infinity : this.#now())
    if (seen === undefined) this.#log.error({ reason }, WORDS[trouble].begins)
  }

  /** Nothing of it was seen just now. */
  recovers(trouble: Trouble): void {
    const seen = this.#seen.get(trouble)
    if (seen === undefined || this.#now() - seen < GOES_ON_MS) return
    this.#seen.delete(trouble)
    this.#log.info({}, WORDS[trouble].ends)
  }
}
