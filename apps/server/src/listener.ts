import net from 'node:net'
import { errnoOf, TransferError } from '@ftp/protocol'

/** The ports of the server: the one for every protocol in which the client speaks first, and those for FTP. */
export type PortName = 'main' | 'ftp' | 'ftps'

/** The maximum number of connections that the system queues until they are accepted. */
const BACKLOG = 511

/** A listening port. Disposing of it closes the port, but not the connections. */
export interface Listener extends Disposable {
  readonly host: string
  readonly port: number
  readonly isListening: boolean
}

/** Where to listen. */
export interface ListenAddress {
  /** Undefined for all interfaces. */
  readonly host: string | undefined
  readonly port: number
  /** The option that sets the port, for messages. */
  readonly option: string
}

/** Receives connections and faults. */
export interface ListenerOptions {
  /** Called with each new connection, before any byte has been read. */
  readonly onConnection: (socket: net.Socket) => void
  readonly onFault: (message: string) => void
}

/** @throws TransferError `busy`, `forbidden`, `io` if the address or the port cannot be used */
export async function listen(
  address: ListenAddress,
  { onConnection, onFault }: ListenerOptions,
): Promise<Listener> {
  const server = net.createServer({ pauseOnConnect: true }, onConnection)
  await begin(server, address)
  server.on('error', (error) => onFault(`accepting a connection failed: ${error.message}`))
  const bound = server.address()
  if (bound === null || typeof bound === 'string')
    throw new TransferError('internal', 'the server has no address')
  return {
    host: bound.address,
    port: bound.port,
    get isListening() {
      return server.listening
    },
    [Symbol.dispose]: () => void server.close(),
  }
}

async function begin(server: net.Server, { host, port, option }: ListenAddress): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen({ port, host, backlog: BACKLOG }, resolve)
    })
    server.removeAllListeners('error')
  } catch (cause) {
    throw explain(cause, `${host ?? 'all interfaces'}, port ${port}`, { port, option })
  }
}

function explain(
  cause: unknown,
  where: string,
  { port, option }: Pick<ListenAddress, 'port' | 'option'>,
): TransferError {
  const errno = errnoOf(cause)
  if (errno === 'EADDRINUSE') {
    const text = `port ${port} is in use; stop what uses it, or choose another with ${option}`
    return new TransferError('busy', text, { cause })
  }
  if (errno === 'EACCES') {
    const text = `this user may not listen on port ${port}; choose one above 1023`
    return new TransferError('forbidden', text, { cause })
  }
  if (errno === 'ENOTFOUND' || errno === 'EAI_AGAIN' || errno === 'EADDRNOTAVAIL') {
    const text = `this machine has no address ${where}; choose one of its own with --host, or leave it out`
    return new TransferError('bad_request', text, { cause })
  }
  return new TransferError(
    'io',
    `cannot listen on ${where}; choose another --host or ${option} (${TransferError.from(cause).message})`,
    { cause },
  )
}
