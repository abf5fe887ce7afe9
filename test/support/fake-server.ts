import { once } from 'node:events'
import net from 'node:net'
import { encodeFrame, FrameDecoder, LIMITS } from '@ftp/protocol'

/** A request as it came. */
export type Asked = Readonly<Record<string, unknown>> & { readonly id: number; readonly type: string }

/** A reply: the header without its id, and the payload. */
export interface FakeReply {
  readonly header: object
  readonly payload?: Uint8Array
}

/** A plaintext server that lets everybody in and then answers whatever a test wants. */
export class FakeServer implements AsyncDisposable {
  readonly port: number
  readonly #listener: net.Server
  readonly #sockets: Set<net.Socket>

  private constructor(listener: net.Server, sockets: Set<net.Socket>, port: number) {
    this.#listener = listener
    this.#sockets = sockets
    this.port = port
  }

  static async start(answer: (asked: Asked) => readonly FakeReply[]): Promise<FakeServer> {
    const sockets = new Set<net.Socket>()
    const listener = net.createServer((socket) => {
      sockets.add(socket.on('error', () => {}))
      const decoder = new FrameDecoder({ header: LIMITS.headerFromClient, payload: LIMITS.payload })
      socket.on('data', (chunk: Buffer) => {
        for (const { header } of decoder.push(chunk)) {
          const asked = header as Asked
          for (const reply of greet(asked) ?? answer(asked))
            socket.write(encodeFrame({ id: asked.id, ...reply.header }, reply.payload))
        }
      })
    })
    await once(listener.listen(0, '127.0.0.1'), 'listening')
    const address = listener.address()
    const port = address !== null && typeof address === 'object' ? address.port : 0
    return new FakeServer(listener, sockets, port)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#listener.close(resolve))
  }
}

const WELCOME = {
  type: 'welcome',
  version: 1,
  server: 'fake',
  mechanisms: ['ANONYMOUS'],
  limits: {
    header: LIMITS.headerFromClient,
    payload: LIMITS.payload,
    requests: LIMITS.requests,
    requestBytes: LIMITS.requestBytes,
  },
}
const ACCEPTED = {
  type: 'accepted',
  account: { name: 'anonymous', permissions: ['list', 'read'], home: '/' },
}

function greet({ type }: Asked): FakeReply[] | undefined {
  if (type === 'hello') return [{ header: WELCOME }]
  return type === 'login' ? [{ header: ACCEPTED }] : undefined
}
