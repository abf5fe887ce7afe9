/** A packet that does not have the fields that its type requires. */
export class BadMessage extends Error {}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Reads the fields of a packet, in order. Every method throws {@link BadMessage} if the packet ends before. */
export class Fields {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  uint8(): number {
    return this.#bytes.readUInt8(this.#advance(1))
  }

  uint32(): number {
    return this.#bytes.readUInt32BE(this.#advance(4))
  }

  /** A 64-bit number; undefined if it is larger than any size of a file, so that a double cannot hold it. */
  uint64(): number | undefined {
    const value = Number(this.#bytes.readBigUInt64BE(this.#advance(8)))
    return Number.isSafeInteger(value) ? value : undefined
  }

  /** A string of bytes: a part of the packet, which is not copied. */
  bytes(): Buffer {
    const length = this.uint32()
    const start = this.#advance(length)
    return this.#bytes.subarray(start, start + length)
  }

  /** A string as text. If it is not UTF-8, two names could become one; therefore, it is undefined. */
  text(): string | undefined {
    const bytes = this.bytes()
    try {
      return utf8.decode(bytes)
    } catch {
      return undefined
    }
  }

  #advance(length: number): number {
    const start = this.#at
    if (start + length > this.#bytes.length) throw new BadMessage('the packet is too short')
    this.#at += length
    return start
  }
}
