import net from 'node:net'
import { TransferError } from '@ftp/protocol'

/**
 * Matches a side on a server whose host is a name, an IPv4 address, or an IPv6 address in brackets. Digits
 * between two colons are a port.
 */
const REMOTE = /^(?<server>(?:[^/\\:@[\]]+@)?(?:\[[^\]]*\]|[^/\\:[\]]*)(?::\d{1,5}(?=:))?):(?<path>.*)$/s

const DRIVE = /^[a-z]:/i

/** The two sides of a sync, as the command line names them. */
export interface Sides {
  readonly way: 'get' | 'put'
  /** The path as it was typed. */
  readonly local: string
  /** Undefined for the default server. */
  readonly server: string | undefined
  /** The path as it was typed. */
  readonly remote: string
}

interface RemoteSide {
  /** Empty for the default server. */
  readonly server: string
  readonly path: string
}

/**
 * @param platform decides whether `C:` is a drive
 * @throws TransferError `usage` unless one side is local and the other on a server
 */
export function sidesOf(from: string, to: string, platform = process.platform): Sides {
  const sideOf = (text: string): RemoteSide | undefined =>
    platform === 'win32' && DRIVE.test(text) ? undefined : remoteSide(text)
  const [source, target] = [sideOf(from), sideOf(to)]
  if (source !== undefined && target !== undefined) {
    const text =
      'both are on a server, and files move only between a server and this machine; name a local folder for one of them'
    throw new TransferError('usage', text)
  }
  const there = source ?? target
  if (there === undefined) {
    const text = 'one of the two must be on a server, written as server:path, or as :path for the usual one'
    throw new TransferError('usage', text)
  }
  return {
    way: source === undefined ? 'put' : 'get',
    local: source === undefined ? from : to,
    server: there.server === '' ? undefined : there.server,
    remote: there.path,
  }
}

/** Undefined for a local path. */
function remoteSide(text: string): RemoteSide | undefined {
  const bare = bareAddress(text)
  if (bare !== undefined) return bare
  const { server, path } = REMOTE.exec(text)?.groups ?? {}
  return server === undefined || path === undefined ? undefined : { server, path }
}

/** A side whose server is an IPv6 address without brackets: the longest one that is followed by a colon. */
function bareAddress(text: string): RemoteSide | undefined {
  const [, user = '', rest = ''] = /^([^/\\:@]*@)?(.*)$/s.exec(text) ?? []
  for (let end = rest.lastIndexOf(':'); end > 0; end = rest.lastIndexOf(':', end - 1)) {
    const address = rest.slice(0, end)
    if (net.isIPv6(address)) return { server: user + address, path: rest.slice(end + 1) }
  }
  return undefined
}
