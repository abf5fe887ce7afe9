import type { Socket } from 'node:net'
import type { ParsedKey } from 'ssh2'
import type { Refusal } from '../../../guards/refusal.ts'
import type { Door, Guards, Peer, Served } from '../../door.ts'
import type { Connection } from './connection.ts'

/** What is loaded when the first client comes: most servers have none. */
interface Loaded {
  readonly Connection: typeof import('./connection.ts').Connection
  readonly hostKey: ParsedKey
}

/**
 * The door for SFTP, inside SSH.
 * @param hostKey PEM of the private key by which clients know this server
 */
export function sftpDoor(hostKey: string): Door {
  let loading: Promise<Loaded> | undefined
  const load = async (): Promise<Loaded> => {
    const { Connection } = await import('./connection.ts')
    const { parseHostKey } = await import('./host-key.ts')
    return { Connection, hostKey: parseHostKey(hostKey) }
  }
  return (socket, peer, guards) => {
    loading ??= load()
    return new Arriving(socket, peer, guards, loading)
  }
}

/** A connection that waits until the code that serves it has been loaded. */
class Arriving implements Served {
  #connection: Connection | undefined
  #refusal: Refusal | undefined
  readonly #socket: Socket

  constructor(socket: Socket, peer: Peer, guards: Guards, loading: Promise<Loaded>) {
    this.#socket = socket
    // Nothing may be lost meanwhile.
    const hold = (chunk: Buffer): void => {
      held.push(chunk)
      socket.pause()
    }
    const held: Buffer[] = []
    const leave = (): void => peer.onClose('silent')
    socket.on('data', hold).once('close', leave)
    loading.then(
      ({ Connection, hostKey }) => {
        if (socket.destroyed) return
        socket.off('data', hold).off('close', leave).pause()
        if (held.length > 0) socket.unshift(Buffer.concat(held))
        this.#connection = new Connection(socket, peer, guards, hostKey)
        if (this.#refusal !== undefined) this.#connection.drop(this.#refusal)
      },
      () => socket.destroy(),
    )
  }

  drain(): void {
    if (this.#connection === undefined) this.#socket.destroy()
    else this.#connection.drain()
  }

  drop(refusal: Refusal): void {
    if (this.#connection === undefined) this.#refusal = refusal
    else this.#connection.drop(refusal)
  }

  recheck(): void {
    this.#connection?.recheck()
  }

  yieldMemory(): void {}
}
