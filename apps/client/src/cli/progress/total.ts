import type { TransferListener } from '../../transfer/transfer-listener.ts'
import type { LineState } from './line.ts'
import { Rate } from './rate.ts'
import { SILENT_MS, silenceText } from './sentences.ts'

/**
 * The time over which the speed is averaged, in milliseconds: long enough that the time left does not jump
 * with each file.
 */
const WINDOW_MS = 10_000
/**
 * The cost of a file in addition to its bytes, expressed as the bytes that could move in that time. With it,
 * thousands of small files followed by a few large ones progress steadily, and the time left can be
 * estimated.
 */
const FILE_WORK = 65_536

/** Counts one file towards the total. */
export interface FileCount extends Required<TransferListener> {
  ended(): void
}

/** Counts all files of a command, and describes them in one line. */
export class Total {
  readonly #speed = new Rate(WINDOW_MS)
  readonly #pace = new Rate(WINDOW_MS)
  #expected = 0
  #isComplete = false
  #size = 0
  #moved = 0
  #ended = 0
  /** How long the server has said nothing about one of the files, in milliseconds. */
  #silence = 0
  /** The work done at the latest change, and the time of that change. */
  #latest = { done: 0, at: 0 }

  /** One more file has been found. @param size in bytes, as far as it is known */
  found(size: number): void {
    this.#expected++
    this.#size += size
  }

  /** All files have been found. */
  foundAll(): void {
    this.#isComplete = true
  }

  /** Counts one of the files. @param found the size of the file, as far as it is known */
  file(found: number): FileCount {
    let size = found
    let best = 0
    let checking = false
    /** @returns how many bytes are new */
    const advance = (position: number): number => {
      const more = Math.max(0, position - best)
      best += more
      return more
    }
    return {
      phase: (phase) => {
        checking = phase === 'check'
      },
      silent: (ms) => {
        this.#silence = ms
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

  /** Corrects the total size. @param bytes the difference, which may be negative */
  resize(bytes: number): void {
    this.#size += bytes
  }

  moved(bytes: number): void {
    this.#moved += bytes
  }

  /** Counts bytes that an earlier attempt has left; they say nothing about the speed. */
  resumed(bytes: number): void {
    this.#moved += bytes
    this.#speed.restart()
    this.#pace.restart()
  }

  /** A file has ended. @param left how many of its bytes will not be moved any more */
  ended(left: number): void {
    this.#ended++
    this.#size -= left
  }

  /** @param now milliseconds of a clock that never goes back */
  state(now: number): LineState {
    const done = this.#moved + this.#ended * FILE_WORK
    this.#speed.sample(this.#moved, now)
    this.#pace.sample(done, now)
    if (done !== this.#latest.done) {
      this.#latest = { done, at: now }
      this.#silence = 0
    }
    // One file may wait while others move.
    const isSilent = Math.min(this.#silence, now - this.#latest.at) >= SILENT_MS
    // The time left cannot be known while files are still being found.
    const [size, all] = this.#isComplete ? [this.#size, this.#size + this.#expected * FILE_WORK] : []
    return {
      name: `total ${this.#ended} of ${this.#expected}${this.#isComplete ? '' : '…'}`,
      phase: '',
      position: this.#moved,
      size,
      bytesPerSecond: this.#speed.bytesPerSecond,
      standstill: isSilent ? silenceText(this.#silence) : undefined,
      work: { position: done, size: all, bytesPerSecond: this.#pace.bytesPerSecond },
    }
  }
}
