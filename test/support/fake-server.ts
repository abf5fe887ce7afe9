import { once } from 'node:events'
import net from 'node:net'
import { encodeFrame, FrameDecoder, LIMITS } from '@ftp/protocol'

/** A message of the client, as it arrived. */
export type Asked = Readonly<Record<string, unknown>> & { readonly id: number; readonly type: string }

/** Sends a frame. `sent` is called when it has been sent, or cannot be. */
type Say = (answer: object, payload?: Uint8Array, sent?: () => void) => void

/** Answers one request, or does not answer it. */
export type Respond = (asked: Asked, say: Say) => void | Promise<void>

/** A reply: the header without its id, and the payload. */
export interface FakeReply {
  readonly header: object
  readonly payload?: Uint8Array
}

/** Answers each request with these replies. */
export function replies(of: (asked: Asked) => readonly FakeReply[]): Respond {
  return (asked, say) => {
    for (const { header, payload } of of(asked)) say(header, payload)
  }
}

const { headerFromClient: header, payload, requests, requestBytes } = LIMITS

/** A plaintext server that accepts every login and then answers as the test decides. */
export class FakeServer implements AsyncDisposable {
  readonly port: number
  readonly #listener: net.Server
  readonly #sockets = new Set<net.Socket>()

  private constructor(listener: net.Server, port: number) {
    this.#listener = listener
    this.port = port
  }

  static async start(respond: Respond): Promise<FakeServer> {
    const listener = net.createServer()
    await once(listener.listen(0, '127.0.0.1'), 'listening')
    const address = listener.address()
    const server = new FakeServer(
      listener,
      typeof address === 'object' && address !== null ? address.port : 0,
    )
    listener.on('connection', (socket) => server.#converse(socket, respond))
    return server
  }

  #converse(socket: net.Socket, respond: Respond): void {
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
        void answer(asked, say, respond)
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

async function answer(asked: Asked, say: Say, respond: Respond): Promise<void> {
  const limits = { header, payload, requests, requestBytes }
  if (asked.type === 'hello')
    return say({ type: 'welcome', version: 1, server: 'fake', mechanisms: ['ANONYMOUS'], limits })
  if (asked.type === 'login')
    return say({
      type: 'accepted',
      account: { name: 'anonymous', home: '', permissions: ['list', 'read', 'write'] },
    })
  await respond(asked, say)
}
