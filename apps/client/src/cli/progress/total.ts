import type { TransferListener } from '../../transfer/transfer-listener.ts'
import type { LineState } from './line.ts'
import { Rate } from './rate.ts'

/** The time that is left must not jump with each file. Milliseconds. */
const WINDOW_MS = 10_000
/**
 * What a file costs besides its bytes, as bytes that could move in that time: so thousands of small files and then a few
 * large ones are one steady work, and what is left of it tells the time.
 */
const FILE_WORK = 65_536

/** One file, counted among all. */
export interface FileCount extends TransferListener {
  ended(): void
}

/** All files of a command, as one line. */
export class Total {
  readonly #speed = new Rate(WINDOW_MS)
  readonly #pace = new Rate(WINDOW_MS)
  #expected = 0
  #isComplete = false
  #size = 0
  #moved = 0
  #ended = 0

  /** One more file, of so many bytes as far as is known. */
  found(size: number): void {
    this.#expected++
    this.#size += size
  }

  /** There are no more. */
  foundAll(): void {
    this.#isComplete = true
  }

  /** Counts one of them. @param found its size, as far as it is known */
  file(found: number): FileCount {
    let size = found
    let best = 0
    let checking = false
    /** @returns bytes that are new */
    const advance = (position: number): number => {
      const more = Math.max(0, position - best)
      best += more
      return more
    }
    return {
      phase: (phase) => {
        checking = phase === 'check'
      },
      size: (bytes) => {
        this.resize(bytes - size)
        size = bytes
      },
      moved: (position) => {
        if (!checking) this.moved(advance(position))
      },
      resumed: (position) => this.resumed(advance(position)),
      ended: () => this.ended(size - best),
    }
  }

  /** There is more to move than was known, or less. */
  resize(bytes: number): void {
    this.#size += bytes
  }

  moved(bytes: number): void {
    this.#moved += bytes
  }

  /** So many bytes are there from before: that is no speed. */
  resumed(bytes: number): void {
    this.#moved += bytes
    this.#speed.restart()
    this.#pace.restart()
  }

  /** A file has ended. @param left bytes of it that will not be moved any more */
  ended(left: number): void {
    this.#ended++
    this.#size -= left
  }

  /** @param now milliseconds of a clock that never goes back */
  state(now: number): LineState {
    const done = this.#moved + this.#ended * FILE_WORK
    this.#speed.sample(this.#moved, now)
    this.#pace.sample(done, now)
    // While more are found, nobody knows how long it takes.
    const [size, all] = this.#isComplete ? [this.#size, this.#size + this.#expected * FILE_WORK] : []
    return {
      name: `total ${this.#ended} of ${this.#expected}${this.#isComplete ? '' : '…'}`,
      phase: '',
      position: this.#moved,
      size,
      bytesPerSecond: this.#speed.bytesPerSecond,
      work: { position: done, size: all, bytesPerSecond: this.#pace.bytesPerSecond },
    }
  }
}
