import { METHODS } from '../node-http.ts'

/** The protocol that the first bytes of a connection announce. */
export type Spoken = 'ftx' | 'tls' | 'ssh' | 'http' | 'unknown'

/** The number of bytes that tell what a connection speaks. */
export const FIRST_BYTES = 4

const HANDSHAKE = 0x16
const TLS_MAJOR = 3
const METHOD_LINES = METHODS.map((method) => `${method} `)

/**
 * Recognises the protocol of a connection by its first {@link FIRST_BYTES} bytes.
 *
 * An unencrypted frame begins with the length of its header, at most 2,048 before the login, so its third and
 * fourth byte are zero. This is checked first, because a header of 790 bytes begins with `16 03`, as a TLS
 * handshake does. No TLS record that clients send today has two zeros there.
 * @returns undefined if more bytes are needed
 */
export function spokenIn(bytes: Uint8Array): Spoken | undefined {
  if (bytes.length < FIRST_BYTES) return undefined
  if (bytes[2] === 0 && bytes[3] === 0) return 'ftx'
  if (bytes[0] === HANDSHAKE && bytes[1] === TLS_MAJOR) return 'tls'
  const text = Buffer.from(bytes.subarray(0, FIRST_BYTES)).toString('latin1')
  if (text === 'SSH-') return 'ssh'
  return METHOD_LINES.some((line) => line.startsWith(text)) ? 'http' : 'unknown'
}
