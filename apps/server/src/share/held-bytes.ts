import { FairMemory } from './fair-memory.ts'

/** The largest file that is held. Up to this size, storing a file in one step needs no block. */
const MOST = 65_536
/** The smallest buffer. Most small files need no other one. */
const LEAST = 4_096
/** What all such files of this thread may take. */
const memory = new FairMemory(8_388_608)

/** The content of a small file, in memory. Bytes that have not been written are 0. */
export class HeldBytes implements Disposable {
  readonly #owner: string
  #buffer = Buffer.alloc(0)
  #taken: Disposable | undefined
  #size = 0

  /** @param owner of the memory */
  constructor(owner: string) {
    this.#owner = owner
  }

  get size(): number {
    return this.#size
  }

  /** What has been written. It changes with the next write. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#size)
  }

  /** @returns whether there was room; otherwise, nothing has changed */
  write(bytes: Uint8Array, offset: number): boolean {
    if (!this.#reserve(offset + bytes.length)) return false
    this.#buffer.set(bytes, offset)
    this.#size = Math.max(this.#size, offset + bytes.length)
    return true
  }

  /** @returns whether there was room; otherwise, nothing has changed */
  truncate(size: number): boolean {
    if (!this.#reserve(size)) return false
    this.#buffer.fill(0, Math.min(size, this.#size), this.#size)
    this.#size = size
    return true
  }

  #reserve(size: number): boolean {
    if (size <= this.#buffer.length) return true
    if (size > MOST) return false
    // Twice as much each time, so that many short writes do not copy again and again.
    const capacity = Math.max(LEAST, 2 ** Math.ceil(Math.log2(size)))
    const taken = memory.tryTake(this.#owner, capacity)
    if (taken === undefined) return false
    const buffer = Buffer.alloc(capacity)
    this.#buffer.copy(buffer, 0, 0, this.#size)
    this.#taken?.[Symbol.dispose]()
    this.#buffer = buffer
    this.#taken = taken
    return true
  }

  /** Drops the bytes. */
  [Symbol.dispose](): void {
    this.#taken?.[Symbol.dispose]()
    this.#taken = undefined
    this.#buffer = Buffer.alloc(0)
    this.#size = 0
  }
}
