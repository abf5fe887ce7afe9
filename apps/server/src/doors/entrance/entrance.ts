import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { ALPN, TLS_EXPORTER } from '@ftp/protocol'
import type { Disconnect } from '../../guards/disconnect.ts'
import type { Refusal } from '../../guards/refusal.ts'
import type { Spool } from '../../guards/spool.ts'
import { type Door, type Guards, loginTime, type Peer, type Served } from '../door.ts'
import { type Spoken, spokenIn } from './first-bytes.ts'

/**
 * How long a connection may be silent, in milliseconds, before it counts as SSH: clients of SSH may wait for
 * the server's first line.
 */
const SSH_SILENCE_MS = 5_000
/** How long a connection that is to be refused may take to show its protocol, in milliseconds. */
const REFUSAL_MS = 2_000

/** The doors behind the port; one that is undefined is not open, and its connections are closed. */
export interface Ways {
  /** Begins TLS; undefined if the server has no key, because it serves in plaintext. */
  readonly secure: ((socket: Socket) => TLSSocket) | undefined
  /** The doors for connections inside TLS. */
  readonly encrypted: { readonly ftx: Door; readonly http: Door | undefined }
  /** The doors for connections without TLS. */
  readonly clear: { readonly ftx: Door | undefined; readonly http: Door | undefined }
  /** SSH brings its own encryption. */
  readonly ssh: Door | undefined
}

/** The remote end of a connection whose door is not known yet. */
export type Visitor = Omit<Peer, 'binding'>

/**
 * Finds the door for a connection by its first bytes, none of which has been read yet, and lets the door
 * serve it.
 */
export function enter(socket: Socket, visitor: Visitor, guards: Guards, ways: Ways): Served {
  return new Entrance(socket, visitor, guards, ways)
}

/**
 * A connection whose door is not known yet. Its first bytes are read and put back, and if they begin a TLS
 * handshake, TLS is established. From then on, the door has the connection.
 */
class Entrance implements Served {
  readonly #socket: Socket
  readonly #visitor: Visitor
  readonly #guards: Guards
  readonly #ways: Ways
  readonly #timers = new DisposableStack()
  #inside: Served | undefined
  #refusal: Refusal | undefined
  #disconnect: Disconnect = 'silent'

  constructor(socket: Socket, visitor: Visitor, guards: Guards, ways: Ways) {
    this.#socket = socket
    this.#visitor = visitor
    this.#guards = guards
    this.#ways = ways
    const login = setTimeout(() => this.#close('late'), loginTime(guards, visitor))
    this.#timers.defer(() => clearTimeout(login))
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#timers.dispose()
      if (this.#inside === undefined) visitor.onClose(this.#disconnect)
    })
    this.#listen()
  }

  drain(): void {
    if (this.#inside === undefined) this.#close('served')
    else this.#inside.drain()
  }

  drop(refused: Refusal): void {
    if (this.#inside !== undefined) return this.#inside.drop(refused)
    this.#refusal = refused
    const refusal = setTimeout(() => this.#close('silent'), REFUSAL_MS)
    this.#timers.defer(() => clearTimeout(refusal))
  }

  recheck(): void {
    this.#inside?.recheck()
  }

  yieldMemory(spool: Spool): void {
    this.#inside?.yieldMemory(spool)
  }

  #listen(): void {
    const socket = this.#socket
    const { ssh } = this.#ways
    let arrived: Buffer = Buffer.alloc(0)
    let heard: NodeJS.Immediate | undefined
    const hear = (chunk: Buffer): void => {
      arrived = arrived.length === 0 ? chunk : Buffer.concat([arrived, chunk])
      const spoken = spokenIn(arrived)
      if (spoken === undefined) return
      decided()
      socket.unshift(arrived)
      this.#lead(spoken)
    }
    const silence =
      ssh === undefined
        ? undefined
        : setTimeout(() => {
            // If this thread was busy, what the client has sent may still wait to be read.
            heard = setImmediate(() => {
              if (arrived.length > 0) return
              decided()
              this.#enter(ssh, socket)
            })
          }, SSH_SILENCE_MS)
    const leave = (): void => this.#close(arrived.length > 0 ? 'violation' : 'silent')
    const decided = (): void => {
      clearTimeout(silence)
      clearImmediate(heard)
      socket.off('data', hear).off('end', leave).pause()
    }
    this.#timers.defer(() => {
      clearTimeout(silence)
      clearImmediate(heard)
    })
    socket.on('data', hear).on('end', leave)
  }

  #lead(spoken: Spoken): void {
    const { clear, ssh } = this.#ways
    switch (spoken) {
      case 'tls':
        return this.#secure()
      case 'ftx':
        // Client and server disagree about --plaintext, which is a mistake, but no attack.
        return clear.ftx === undefined ? this.#close('silent') : this.#enter(clear.ftx, this.#socket)
      case 'http':
        return this.#enter(clear.http, this.#socket)
      case 'ssh':
        return this.#enter(ssh, this.#socket)
      case 'unknown':
        return this.#close('violation')
      default:
        spoken satisfies never
    }
  }

  #secure(): void {
    const { secure, encrypted } = this.#ways
    if (secure === undefined) return this.#close('silent')
    const socket = secure(this.#socket)
    // A client that ends the handshake because it does not trust our key has done nothing wrong.
    this.#disconnect = 'distrusted'
    socket.on('error', () => {})
    socket.once('secure', () => {
      this.#disconnect = 'silent'
      if (socket.alpnProtocol !== ALPN) return this.#enter(encrypted.http, socket)
      if (socket.getProtocol() === 'TLSv1.3') return this.#enter(encrypted.ftx, socket)
      this.#close('violation')
    })
  }

  #enter(door: Door | undefined, socket: Socket | TLSSocket): void {
    if (door === undefined) return this.#close('violation')
    this.#timers.dispose()
    const { length, label } = TLS_EXPORTER
    const peer: Peer = {
      ...this.#visitor,
      binding: () =>
        'exportKeyingMaterial' in socket
          ? socket.exportKeyingMaterial(length, label, Buffer.alloc(0))
          : undefined,
    }
    this.#inside = door(socket, peer, this.#guards)
    socket.resume()
    if (this.#refusal !== undefined) this.#inside.drop(this.#refusal)
  }

  #close(disconnect: Disconnect): void {
    this.#disconnect = disconnect
    this.#socket.destroy()
  }
}
