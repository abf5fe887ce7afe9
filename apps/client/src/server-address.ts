import net from 'node:net'
import { DEFAULT_PORT, TransferError } from '@ftp/protocol'
import { type Address, openSocket } from './connection/socket.ts'
import { discover } from './discovery/discover.ts'

/** How long a server on this machine has to answer when nobody said which one to use. */
const PROBE_MS = 500

/** How long servers on the network have to answer then. */
const DISCOVER_MS = 1_500

/** Which server, and who asks. */
export interface Target extends Address {
  readonly user: string
}

/**
 * Reads `[user@]host[:port]`; an IPv6 address with a port stands in brackets.
 * @throws TransferError `bad_request`
 */
export function parseTarget(text: string): Target {
  const match = /^(?:([^@]+)@)?(\[[^\]]+\]|[^\s\p{Cc}:@[\]/]+|[0-9a-fA-F:]+)(?::(\d{1,5}))?$/u.exec(text)
  const host = match?.[2]?.replace(/^\[|\]$/g, '')
  const port = match?.[3] === undefined ? DEFAULT_PORT : Number(match[3])
  if (
    host === undefined ||
    port < 1 ||
    port > 65_535 ||
    (/[[:]/.test(match?.[2] ?? '') && !net.isIPv6(host))
  ) {
    throw new TransferError('bad_request', `"${text}" is no server; write [user@]host[:port]`)
  }
  return { user: match?.[1] ?? 'anonymous', host, port }
}

/**
 * The server to talk to: the one that was named, else one that answers on this machine, else the only one that
 * announces itself on the network.
 * @throws TransferError `lost` when there is none
 */
export async function findTarget(named: string | undefined, signal: AbortSignal): Promise<Target> {
  if (named !== undefined && named !== '') return parseTarget(named)
  const local = { host: '127.0.0.1', port: DEFAULT_PORT }
  try {
    const socket = await openSocket(local, PROBE_MS, signal)
    socket.destroy()
    return { user: 'anonymous', ...local }
  } catch (cause) {
    signal.throwIfAborted()
    const found = await discover(DISCOVER_MS, signal)
    const [only] = found
    if (only !== undefined && found.length === 1)
      return { user: 'anonymous', host: only.host, port: only.port }
    const several = found.map(({ host, port }) => `${host}:${port}`).join(', ')
    const reason =
      found.length === 0
        ? 'none answers on this machine or announces itself on the network'
        : `there are ${several}`
    const text = `which server? Name it with --server host[:port] or in FTP_SERVER; ${reason}`
    throw new TransferError('lost', text, { cause })
  }
}
