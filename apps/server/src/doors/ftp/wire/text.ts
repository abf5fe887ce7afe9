/*
 * Text in the type ASCII: on the wire, lines end with CR LF (RFC 959, section 3.1.1.1); stored, with LF, as on any Unix.
 */

const [CR, LF] = [0x0d, 0x0a]

/** Converts a text that is sent, chunk by chunk. */
export class TextSender {
  #last = 0

  /** The chunk as it is sent: each LF gets a CR before it, unless there is one, as in a text that came from Windows. */
  toWire(chunk: Uint8Array): Uint8Array {
    const sent = new Uint8Array(2 * chunk.length)
    let at = 0
    for (const byte of chunk) {
      if (byte === LF && this.#last !== CR) sent[at++] = CR
      sent[at++] = byte
      this.#last = byte
    }
    return sent.subarray(0, at)
  }
}

/** Bytes as they are stored: each LF loses a CR before it, also if this was in an earlier chunk. */
export async function* fromWire(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let isHeld = false
  for await (const chunk of chunks) {
    const stored = new Uint8Array(chunk.length + 1)
    let at = 0
    for (const byte of chunk) {
      if (isHeld && byte !== LF) stored[at++] = CR
      isHeld = byte === CR
      if (!isHeld) stored[at++] = byte
    }
    if (at > 0) yield stored.subarray(0, at)
  }
  if (isHeld) yield Uint8Array.of(CR)
}
