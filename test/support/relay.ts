import { once } from 'node:events'
import type net from 'node:net'
import tls from 'node:tls'
import { ALPN, encodeFrame, FrameDecoder, LIMITS } from '@ftp/protocol'
import { loadIdentity } from '../../apps/server/src/state/identity.ts'

/** Turns a header that passes into another one; undefined drops its frame. */
export type Rewrite = (header: Readonly<Record<string, unknown>>) => object | undefined

export interface Rewrites {
  /** Applied to the headers that the client sends. */
  readonly up?: Rewrite
  /** Applied to the headers that the server sends. */
  readonly down?: Rewrite
}

/**
 * A man in the middle: ends the client's TLS with a key of its own, opens another connection to the server,
 * and passes on every frame after reading and perhaps changing it. Payloads are never changed.
 */
export class Relay implements AsyncDisposable {
  /** The headers that clients have sent. */
  readonly heard: Readonly<Record<string, unknown>>[] = []
  /** How many bytes have come from clients inside TLS. */
  bytes = 0
  readonly #listener: net.Server
  readonly #sockets = new Set<net.Socket>()

  private constructor(listener: net.Server) {
    this.#listener = listener
  }

  /**
   * @param target the port of the server
   * @param identity the folder that holds the relay's key
   */
  static async start(target: number, identity: string, rewrites: Rewrites = {}): Promise<Relay> {
    const { key, certificate } = await loadIdentity(identity)
    const listener = tls.createServer({
      key,
      cert: certificate,
      ALPNProtocols: [ALPN],
      minVersion: 'TLSv1.3',
    })
    const relay = new Relay(listener)
    listener.on('secureConnection', (client) => relay.#connect(client, target, rewrites))
    listener.on('tlsClientError', () => {})
    await once(listener.listen(0, '127.0.0.1'), 'listening')
    return relay
  }

  get port(): number {
    const address = this.#listener.address()
    if (address === null || typeof address === 'string') throw new Error('the relay does not listen')
    return address.port
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#listener.close(resolve))
  }

  #connect(client: tls.TLSSocket, target: number, { up = pass, down = pass }: Rewrites): void {
    const server = tls.connect({
      port: target,
      host: '127.0.0.1',
      ALPNProtocols: [ALPN],
      rejectUnauthorized: false,
    })
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      const decoder = new FrameDecoder({ header: LIMITS.headerFromServer, payload: LIMITS.payload })
      this.#sockets.add(from)
      from.on('error', () => {})
      from.on('close', () => to.destroy())
      from.on('end', () => to.end())
      from.on('data', (chunk: Buffer) => {
        if (from === client) this.bytes += chunk.length
        for (const { header, payload } of decoder.push(chunk)) {
          const { size: _, ...fields } = { size: 0, ...header }
          if (from === client) this.heard.push(fields)
          const changed = (from === client ? up : down)(fields)
          if (changed !== undefined && to.writable) to.write(encodeFrame(changed, payload.bytes))
        }
      })
    }
  }
}

function pass(header: object): object {
  return header
}
