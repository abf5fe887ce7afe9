import net from 'node:net'
import { DEFAULT_PORT, errnoOf, type Incoming, TransferError } from '@ftp/protocol'

/** The network address of a server. */
export interface Address {
  readonly host: string
  readonly port: number
}

export interface OpenSocketOptions {
  /** How long the connection may take, in milliseconds. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** Receives the bytes that are read. Default: the socket's `data` events. */
  readonly incoming?: Incoming | undefined
  /** Starts the connection, for example with TLS. Default: net.connect. */
  readonly connect?: ((options: net.NetConnectOpts) => net.Socket) | undefined
}

/** Opens a TCP connection. @throws TransferError `lost`, whose message says what to check */
export async function openSocket(
  { host, port }: Address,
  { timeoutMs, signal, incoming, connect = net.connect }: OpenSocketOptions,
): Promise<net.Socket> {
  signal.throwIfAborted()
  const options = {
    ...{ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 },
    ...(incoming && { onread: toOnRead(incoming) }),
  }
  const socket = connect(options)
  const stop = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
  try {
    await new Promise<void>((resolve, reject) => {
      stop.addEventListener('abort', () => reject(stop.reason), { once: true })
      socket.once('connect', resolve).once('error', reject)
    })
    return socket.removeAllListeners('error')
  } catch (cause) {
    socket.on('error', () => {}).destroy()
    signal.throwIfAborted()
    throw new TransferError('lost', explain(errnoOf(cause), host, port), { cause })
  }
}

function toOnRead({ destination, took }: Incoming): net.OnReadOpts {
  return {
    buffer: destination,
    callback: (count) => {
      took(count)
      return true
    },
  }
}

function explain(errno: string | undefined, host: string, port: number): string {
  switch (errno) {
    case 'ECONNREFUSED':
      return `nothing answers at ${host}, port ${port}; is ftp-server running there?`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `there is no login and no machine named "${host}"; check the name, or use an address`
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `${host} cannot be reached from here; check the network`
    case 'ECONNRESET':
      return `${host}, port ${port} closed the connection at once; it may take no more connections at the moment: try again in some seconds`
    default:
      return `no connection to ${host}, port ${port}${errno === undefined || errno === 'ETIMEDOUT' ? ' in time' : `: ${errno}`}`
  }
}

/** Says in words why a connection has ended. */
export function explainBreak(error: Error): string {
  switch (errnoOf(error)) {
    case 'ECONNRESET':
    case 'ECONNABORTED':
    case 'EPIPE':
      return 'the connection was cut'
    case 'ETIMEDOUT':
      return 'the connection was cut, because nothing came back from the other side'
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENETDOWN':
      return 'the connection was cut, because the network is down'
    default:
      return `the connection was cut: ${error.message}`
  }
}

/** Formats a server's address as a person types it. */
export function formatAddress({ host, port }: Address): string {
  const name = host.includes(':') ? `[${host}]` : host
  return port === DEFAULT_PORT ? name : `${name}:${port}`
}
