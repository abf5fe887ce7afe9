/** How long a login counts, in milliseconds. */
const KNOWN_MS = 86_400_000
/** The maximum number of sources, and of accounts of one source, that are remembered: the latest ones. */
const SOURCES = 4_096
const ACCOUNTS = 32

/** Remembers which accounts have logged in from which source. Takes bounded memory. */
export class KnownAccounts {
  readonly #now: () => number
  /** For each source, when each account logged in; both in the order of the last login. */
  readonly #sources = new Map<string, Map<string, number>>()

  /** @param now milliseconds of a clock that never goes back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** The accounts that have logged in from this source within a day. */
  of(source: string): string[] {
    const since = this.#now() - KNOWN_MS
    return [...(this.#sources.get(source) ?? [])].flatMap(([account, at]) => (at >= since ? [account] : []))
  }

  /** Records a login. */
  note(source: string, account: string): void {
    const accounts = this.#sources.get(source) ?? new Map<string, number>()
    putLast(accounts, account, this.#now(), ACCOUNTS)
    putLast(this.#sources, source, accounts, SOURCES)
  }
}

function putLast<V>(map: Map<string, V>, key: string, value: V, most: number): void {
  map.delete(key)
  map.set(key, value)
  const [first] = map.keys()
  if (map.size > most && first !== undefined) map.delete(first)
}
