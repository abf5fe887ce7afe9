import { MOST_PACKET } from './codes.ts'
import { BadMessage } from './fields.ts'

const LENGTH_BYTES = 4

/** Cuts a stream of bytes into packets. */
export class Packets {
  /** The length field, as far as it has arrived. */
  readonly #length = Buffer.alloc(LENGTH_BYTES)
  #lengthFilled = 0
  #packet: Buffer | undefined
  #filled = 0

  /**
   * Takes the next bytes.
   * @returns the packets that they complete, without their length fields
   * @throws BadMessage if a packet is empty or longer than {@link MOST_PACKET}; nothing can follow then
   */
  take(chunk: Buffer): Buffer[] {
    const packets: Buffer[] = []
    for (let at = 0; at < chunk.length; ) {
      if (this.#lengthFilled < LENGTH_BYTES) {
        const copied = chunk.copy(this.#length, this.#lengthFilled, at)
        this.#lengthFilled += copied
        at += copied
        if (this.#lengthFilled === LENGTH_BYTES) requirePossible(this.#length.readUInt32BE())
        continue
      }
      const length = this.#length.readUInt32BE()
      const rest = chunk.subarray(at, at + length - this.#filled)
      at += rest.length
      const whole = this.#add(rest, length)
      if (whole !== undefined) packets.push(whole)
    }
    return packets
  }

  /** @returns the packet, if it is complete now */
  #add(bytes: Buffer, length: number): Buffer | undefined {
    // Most packets arrive whole, and need no copy.
    if (bytes.length < length) {
      this.#packet ??= Buffer.allocUnsafe(length)
      this.#filled += bytes.copy(this.#packet, this.#filled)
      if (this.#filled < length) return undefined
    }
    const whole = this.#packet ?? bytes
    this.#packet = undefined
    this.#filled = 0
    this.#lengthFilled = 0
    return whole
  }
}

/** @throws BadMessage */
function requirePossible(length: number): void {
  if (length === 0 || length > MOST_PACKET) throw new BadMessage(`a packet of ${length} bytes`)
}
