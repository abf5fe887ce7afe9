import type { Deliveries } from './deliveries.ts'

/** The part of a handler thread that this module uses. */
type Thread = Pick<Deliveries, 'post'>

/** The maximum number of questions that may wait, in total and from one source. */
const QUEUE = 16
const QUEUE_OF_SOURCE = 8
/** How long a right password is remembered, in milliseconds, and how many are remembered at most. */
const REMEMBER_MS = 300_000
const REMEMBERED = 1_024

interface Asker {
  readonly thread: Thread
  readonly ticket: number
}

/** One question. If somebody else asks the same while it waits, both get its answer. */
interface Question {
  readonly tag: string
  readonly source: string
  /** The first one derives the key when it is the turn of the question. */
  askers: Asker[]
}

/**
 * The queue for checking passwords. It runs in the main thread, because the whole server derives one key at a
 * time. It knows keyed hashes of passwords, never a password.
 */
export class PasswordDesk {
  readonly #now: () => number
  readonly #right = new Map<string, number>()
  #running: Question | undefined
  #queue: Question[] = []

  /** @param now milliseconds of a clock that is never set back */
  constructor(now = () => performance.now()) {
    this.#now = now
  }

  ask(asker: Asker, tag: string, source: string): void {
    const until = this.#right.get(tag)
    if (until !== undefined && this.#now() < until) return answer(asker, 'right')
    const same = [this.#running, ...this.#queue].find((question) => question?.tag === tag)
    if (same !== undefined) return void same.askers.push(asker)
    const ofSource = this.#queue.filter((question) => question.source === source).length
    if (this.#queue.length >= QUEUE || ofSource >= QUEUE_OF_SOURCE) return answer(asker, 'busy')
    this.#queue.push({ tag, source, askers: [asker] })
    this.#next()
  }

  /** The result of a derivation; without one, the asker has given up. */
  end(thread: Thread, ticket: number, result?: 'right' | 'wrong'): void {
    const running = this.#running
    const [deriving, ...others] = running?.askers ?? []
    if (
      running === undefined ||
      deriving?.thread !== thread ||
      deriving.ticket !== ticket ||
      result === undefined
    )
      return this.#remove((asker) => asker.thread === thread && asker.ticket === ticket)
    if (result === 'right') this.#remember(running.tag)
    this.#running = undefined
    for (const asker of others) answer(asker, result)
    this.#next()
  }

  /** To be called when a thread has ended. */
  forget(thread: Thread): void {
    this.#remove((asker) => asker.thread === thread)
  }

  #remove(matches: (asker: Asker) => boolean): void {
    this.#queue = this.#queue.filter((question) => {
      question.askers = question.askers.filter((asker) => !matches(asker))
      return question.askers.length > 0
    })
    const running = this.#running
    const [deriving] = running?.askers ?? []
    if (running === undefined || deriving === undefined) return
    running.askers = running.askers.filter((asker) => !matches(asker))
    if (running.askers[0] === deriving) return
    // The thread that was deriving has ended. The next one that asked the same question derives the key; if
    // there is none, the next question has its turn.
    this.#running = undefined
    if (running.askers.length > 0) this.#queue.unshift(running)
    this.#next()
  }

  #next(): void {
    if (this.#running !== undefined) return
    this.#running = this.#queue.shift()
    const [first] = this.#running?.askers ?? []
    if (first !== undefined) answer(first, 'derive')
  }

  #remember(tag: string): void {
    const now = this.#now()
    this.#right.delete(tag)
    this.#right.set(tag, now + REMEMBER_MS)
    // The oldest come first.
    for (const [old, until] of this.#right) {
      if (until > now && this.#right.size <= REMEMBERED) break
      this.#right.delete(old)
    }
  }
}

function answer({ thread, ticket }: Asker, given: 'derive' | 'right' | 'wrong' | 'busy'): void {
  thread.post({ type: 'password-turn', ticket, answer: given })
}
