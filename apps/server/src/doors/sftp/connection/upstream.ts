import type { Connection } from 'ssh2'
import { BadMessage, Fields } from '../wire/fields.ts'
import { GCM, SIGNATURES } from './algorithms.ts'

/*
 * What ssh2 1.17.0 lacks, and can only be mended from outside by the names of its own parts. Its version is pinned, and
 * a test fails if one of these parts is missing. Its implementation of SFTP is not used at all: it cannot announce
 * extensions, rounds large offsets, takes requests without any limit, and ends a channel neither with an exit status nor
 * after the client's end of file.
 */

/** A list of algorithms, in the form in which ssh2 was given it. */
interface Names {
  readonly array: readonly string[]
}

/** The algorithms of one direction. */
type Direction<T> = Readonly<Record<'cipher' | 'mac' | 'compress' | 'lang', T>>

/** The algorithms that one side offers. */
interface Offer<T> {
  readonly kex: T
  readonly serverHostKey: T
  readonly cs: Direction<T>
  readonly sc: Direction<T>
}

/** What ssh2 makes of an offer. */
interface KexInit {
  readonly constructor: new (offer: Offer<readonly string[]>) => KexInit
  readonly lists: Offer<Names>
}

/** The parts of a connection of ssh2 that are used here. */
interface Protocol {
  _offer: KexInit
  _kexinit: unknown
  rekey(): void
  _kex: { remoteExtInfoEnabled: boolean } | undefined
  _onHandshakeComplete: (...negotiated: unknown[]) => void
  readonly _cipher: { encrypt?(packet: Buffer): void }
  readonly _decipher: { _onPayload(payload: Buffer): unknown }
  readonly _packetRW: {
    readonly write: {
      readonly allocStartKEX: number
      alloc(length: number, isForced?: boolean): Buffer
      finalize(packet: Buffer, isForced?: boolean): Buffer
    }
  }
}

/** The bytes of an offer before its lists: its type, and a cookie. */
const KEXINIT_HEAD = 17
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

/**
 * Agrees on AES-GCM with OpenSSH, whose clients name CTR first, although it costs both sides more. In SSH, the first
 * algorithm of the client that the server offers as well is taken. So the offer waits for that of the client, and leaves
 * CTR out if the client has GCM. Only clients of OpenSSH are known to send theirs without waiting for the server's. Call
 * this when the first line of the client has come, before ssh2 answers it.
 * @param software what the client calls itself in that line
 */
export function preferGcm(client: Connection, software: string): void {
  if (!software.startsWith('OpenSSH')) return
  const protocol = protocolOf(client)
  const { _cipher: cipher, _decipher: decipher } = protocol
  const handle = decipher._onPayload
  // What is sent next is the offer, and it is made again below.
  cipher.encrypt = () => {}
  decipher._onPayload = (payload) => {
    decipher._onPayload = handle
    // That of the class is behind it.
    delete cipher.encrypt
    if (namesGcm(payload)) protocol._offer = withCiphers(protocol._offer, GCM)
    protocol._kexinit = undefined
    protocol.rekey()
    return handle(payload)
  }
}

/** Whether an offer names AES-GCM for both directions (RFC 4253, section 7.1). */
function namesGcm(offer: Buffer): boolean {
  try {
    const fields = new Fields(offer.subarray(KEXINIT_HEAD))
    const [, , ...ciphers] = [fields.text(), fields.text(), fields.text(), fields.text()]
    return ciphers.every((names) => names?.split(',').some((name) => isGcm(name)))
  } catch (error) {
    // What is no offer is refused by ssh2.
    if (error instanceof BadMessage) return false
    throw error
  }
}

const isGcm = (name: string): boolean => GCM.some((cipher) => cipher === name)

function withCiphers({ constructor: Offered, lists }: KexInit, cipher: readonly string[]): KexInit {
  const direction = ({ mac, compress, lang }: Direction<Names>): Direction<readonly string[]> => ({
    cipher,
    mac: mac.array,
    compress: compress.array,
    lang: lang.array,
  })
  const [kex, serverHostKey] = [lists.kex.array, lists.serverHostKey.array]
  return new Offered({ kex, serverHostKey, cs: direction(lists.cs), sc: direction(lists.sc) })
}

/** The reason for a disconnection (RFC 4253, section 11.1). */
export type Reason = 'protocol' | 'login' | 'shutdown' | 'idle' | 'busy'
const REASONS: Readonly<Record<Reason, number>> = { protocol: 2, shutdown: 11, idle: 11, busy: 12, login: 14 }

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
  _cipher.encrypt?.(write.finalize(packet, true))
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
