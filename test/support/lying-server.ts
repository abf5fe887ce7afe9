import { once } from 'node:events'
import net from 'node:net'
import { encodeFrame, FrameDecoder, LIMITS } from '@ftp/protocol'

/** A message of the client, as it came. */
export type Asked = Readonly<Record<string, unknown>> & { readonly id: number; readonly type: string }

/** Sends a frame. `sent` is called when it is on its way, or cannot be. */
type Say = (answer: object, payload?: Uint8Array, sent?: () => void) => void

/** Answers one request, or says nothing. */
export type Lie = (asked: Asked, say: Say) => void | Promise<void>

const { headerFromClient: header, payload, requests, requestBytes } = LIMITS

/** Greets as a server does, in plaintext, and then says whatever it is told to. */
export class LyingServer implements AsyncDisposable {
  readonly port: number
  readonly #listener: net.Server
  readonly #sockets = new Set<net.Socket>()

  private constructor(listener: net.Server, port: number) {
    this.#listener = listener
    this.port = port
  }

  static async start(lie: Lie): Promise<LyingServer> {
    const listener = net.createServer()
    await once(listener.listen(0, '127.0.0.1'), 'listening')
    const address = listener.address()
    const server = new LyingServer(
      listener,
      typeof address === 'object' && address !== null ? address.port : 0,
    )
    listener.on('connection', (socket) => server.#converse(socket, lie))
    return server
  }

  #converse(socket: net.Socket, lie: Lie): void {
    this.#sockets.add(socket)
    const decoder = new FrameDecoder({ header, payload })
    socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket))
    socket.on('data', (chunk: Buffer) => {
      for (const frame of decoder.push(chunk)) {
        const asked = read(frame.header)
        const say: Say = (answer, bytes, sent) => {
          if (socket.writable) socket.write(encodeFrame({ id: asked.id, ...answer }, bytes), sent)
          else sent?.()
        }
        void answer(asked, say, lie)
      }
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#listener.close(resolve))
  }
}

function read(header: object): Asked {
  const { id, type }: { id?: unknown; type?: unknown } = header
  return { ...header, id: Number(id), type: String(type) }
}

async function answer(asked: Asked, say: Say, lie: Lie): Promise<void> {
  const limits = { header, payload, requests, requestBytes }
  if (asked.type === 'hello')
    return say({ type: 'welcome', version: 1, server: 'liar', mechanisms: ['ANONYMOUS'], limits })
  if (asked.type === 'login')
    return say({
      type: 'accepted',
      account: { name: 'anonymous', home: '', permissions: ['list', 'read', 'write'] },
    })
  await lie(asked, say)
}
