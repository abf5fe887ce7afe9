import net, { type Socket } from 'node:net'
import type { DataSource } from '../session/data-source.ts'
import type { Address } from '../wire/address.ts'
import { Refusal } from '../wire/reply.ts'

/** How long a client may take to accept a connection, in milliseconds. */
const CONNECT_MS = 10_000

/** Connects to the client when a transfer begins. The address has been checked. */
export class Active implements DataSource {
  readonly #address: Address
  readonly #from: string

  /** @param from the address that the client has reached, so that its firewall knows it */
  constructor(address: Address, from: string) {
    this.#address = address
    this.#from = from
  }

  async connect(signal: AbortSignal): Promise<Socket> {
    signal.throwIfAborted()
    const { host, port } = this.#address
    const socket = net.connect({ host, port, localAddress: this.#from, allowHalfOpen: true, noDelay: true })
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const stop = (): void => reject(signal.reason)
    const late = setTimeout(() => reject(new Error('late')), CONNECT_MS)
    signal.addEventListener('abort', stop)
    socket.once('connect', resolve).on('error', reject)
    try {
      await promise
      return socket.pause()
    } catch {
      socket.destroy()
      signal.throwIfAborted()
      throw new Refusal(425, `no data connection to port ${port} of your machine could be opened`)
    } finally {
      clearTimeout(late)
      signal.removeEventListener('abort', stop)
    }
  }

  [Symbol.dispose](): void {}
}
