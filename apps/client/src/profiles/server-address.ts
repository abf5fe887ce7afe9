import net from 'node:net'
import { DEFAULT_PORT, foldUserName, printable, TransferError } from '@ftp/protocol'
import { type Address, formatAddress, openSocket } from '../connection/socket.ts'
import type { Profile, Profiles } from './profiles.ts'

/** How long a server on this machine has to answer if the user has named none. */
const PROBE_MS = 500

/** How long servers on the network then have to answer. */
const DISCOVER_MS = 1_500

/** The address of a server as it was typed, and the user if one was typed too. */
export interface TypedAddress extends Address {
  readonly user: string | undefined
}

/**
 * Parses `[user@]host[:port]`; an IPv6 address with a port is written in brackets.
 * @throws TransferError `usage` if the text is no such address
 */
export function parseServer(text: string): TypedAddress {
  const match =
    /^(?:([^@]+)@)?(\[[^\]]+\]|[^\s\p{Cc}:@[\]/]+|[0-9a-fA-F:.]+(?:%[^\s\p{Cc}:@[\]/]+)?)(?::(\d{1,5}))?$/u.exec(
      text,
    )
  const host = match?.[2]?.replace(/^\[|\]$/g, '')
  const port = match?.[3] === undefined ? DEFAULT_PORT : Number(match[3])
  if (
    host === undefined ||
    port < 1 ||
    port > 65_535 ||
    (/[[:]/.test(match?.[2] ?? '') && !net.isIPv6(host))
  ) {
    throw new TransferError(
      'usage',
      `"${text}" is not a server; write [user@]host[:port], or the name of a login`,
    )
  }
  return { user: match?.[1], host, port }
}

/** A server to log in to. The user is undefined if neither the command nor a profile names one. */
export type FoundServer = Omit<Profile, 'user'> & { readonly user: string | undefined }

/**
 * Finds the server to talk to: the named profile, announced name or address; otherwise the last login; otherwise a server
 * that answers on this machine; otherwise the only one that announces itself on the network. If that does not
 * name the user, it is `user`, otherwise the user who has logged in there.
 * @throws TransferError `lost` if there is no such server
 */
export async function findServer(
  named: string | undefined,
  user: string | undefined,
  logins: Profiles,
  signal: AbortSignal,
): Promise<FoundServer> {
  const name = named || logins.last
  if (name === undefined) return withLogin(await findLocal(signal), user, logins)
  const profile = logins.get(name)
  if (profile !== undefined)
    return (user ?? profile.user) === profile.user ? profile : withLogin(profile, user, logins)
  const { user: typed, ...address } = (await findAnnounced(name, signal)) ?? parseServer(name)
  return withLogin(address, typed ?? user, logins)
}

/**
 * The server on the network that announces itself by this name, as `discover` shows it. Such a name contains a space,
 * so it is never taken for an address.
 * @throws TransferError `usage` if several servers have this name
 */
async function findAnnounced(text: string, signal: AbortSignal): Promise<TypedAddress | undefined> {
  const match = /^(?:([^@]+)@)?([^@]+ [^@]+)$/.exec(text)
  const name = match?.[2]
  if (name === undefined) return undefined
  const { discover } = await import('../discovery/discover.ts')
  const found = (await discover(DISCOVER_MS, signal)).filter((server) => printable(server.name) === name)
  const [only] = found
  if (only === undefined)
    throw new TransferError(
      'lost',
      `no server on the network is called "${printable(name)}"; type ftp-client discover to see those that are there`,
    )
  if (found.length > 1)
    throw new TransferError(
      'usage',
      `several servers are called "${printable(name)}": name one by its address: ${found.map(formatAddress).join(', ')}`,
    )
  return { user: match?.[1], host: only.host, port: only.port }
}

function withLogin({ host, port }: Address, typed: string | undefined, logins: Profiles): FoundServer {
  const user = typed && foldUserName(typed)
  const name = logins.find({ host, port }, user)
  const known = name === undefined ? undefined : logins.get(name)
  return known ?? { host, port, user, plaintext: false }
}

async function findLocal(signal: AbortSignal): Promise<Address> {
  const local = { host: '127.0.0.1', port: DEFAULT_PORT }
  try {
    const socket = await openSocket(local, { timeoutMs: PROBE_MS, signal })
    socket.destroy()
    return local
  } catch (cause) {
    signal.throwIfAborted()
    const { discover } = await import('../discovery/discover.ts')
    const found = await discover(DISCOVER_MS, signal)
    const [only] = found
    if (only !== undefined && found.length === 1) return { host: only.host, port: only.port }
    const several = found.map(formatAddress).join(', ')
    const reason =
      found.length === 0
        ? 'none answers on this machine or announces itself on the network'
        : `there are ${several}`
    const text = `which server? Name it with --server host[:port] or in FTP_SERVER, or log in to one; ${reason}`
    throw new TransferError('lost', text, { cause })
  }
}
