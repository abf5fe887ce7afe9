import type { Connection } from 'ssh2'
import { SIGNATURES } from './algorithms.ts'

/*
 * What ssh2 1.17.0 lacks, and can only be mended from outside by the names of its own parts. Its version is pinned, and
 * a test fails if one of these parts is missing. Its implementation of SFTP is not used at all: it cannot announce
 * extensions, rounds large offsets, takes requests without any limit, and ends a channel neither with an exit status nor
 * after the client's end of file.
 */

/** The parts of a connection of ssh2 that are used here. */
interface Protocol {
  _kexinit: unknown
  _kex: { remoteExtInfoEnabled: boolean } | undefined
  _onHandshakeComplete: (...negotiated: unknown[]) => void
  readonly _cipher: { encrypt(packet: Buffer): void }
  readonly _packetRW: {
    readonly write: {
      readonly allocStartKEX: number
      alloc(length: number, isForced?: boolean): Buffer
      finalize(packet: Buffer, isForced?: boolean): Buffer
    }
  }
}

const EXT_INFO = 7
const DISCONNECT = 1

/**
 * Whether keys are being exchanged. Everything that is sent meanwhile is queued, without any limit, so nothing should be.
 */
export function isExchangingKeys(client: Connection): boolean {
  return protocolOf(client)._kexinit !== undefined
}

/**
 * Sends the right list of signature algorithms after the first key exchange. In that of ssh2, a comma is missing, and it
 * names algorithms that this server refuses (mscdex/ssh2#1485). Call this before the key exchange.
 */
export function announceSignatures(client: Connection): void {
  const protocol = protocolOf(client)
  const complete = protocol._onHandshakeComplete
  protocol._onHandshakeComplete = (...negotiated) => {
    protocol._onHandshakeComplete = complete
    if (protocol._kex?.remoteExtInfoEnabled === true) {
      protocol._kex.remoteExtInfoEnabled = false
      const extension = Buffer.concat([field('server-sig-algs'), field(SIGNATURES.join(','))])
      send(protocol, Buffer.concat([Buffer.of(EXT_INFO), uint32(1), extension]))
    }
    complete(...negotiated)
  }
}

/** The reason for a disconnection: the client has broken a rule, or cannot log in (RFC 4253, section 11.1). */
export type Reason = 'protocol' | 'login' | 'shutdown' | 'busy'
const REASONS: Readonly<Record<Reason, number>> = { protocol: 2, shutdown: 11, busy: 12, login: 14 }

/** Tells the client that the connection ends, and why: ssh2 tells no reason in words. */
export function tellEnd(client: Connection, reason: Reason, text: string): void {
  const message = Buffer.concat([Buffer.of(DISCONNECT), uint32(REASONS[reason]), field(text), uint32(0)])
  sendPacket(client, message)
}

/** Sends a packet at once, even during a key exchange. @param payload without length, padding and MAC */
export function sendPacket(client: object, payload: Buffer): void {
  send(protocolOf(client), payload)
}

function send({ _packetRW: { write }, _cipher }: Protocol, payload: Buffer): void {
  const packet = write.alloc(payload.length, true)
  payload.copy(packet, write.allocStartKEX)
  _cipher.encrypt(write.finalize(packet, true))
}

function protocolOf(client: object): Protocol {
  const { _protocol } = client as { readonly _protocol: Protocol }
  return _protocol
}

function field(text: string): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([uint32(bytes.length), bytes])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
