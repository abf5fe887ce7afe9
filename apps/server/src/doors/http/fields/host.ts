import { isIP } from 'node:net'

/** A host and perhaps a port, without user names, paths or encodings. */
const AUTHORITY = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9_.-]{1,253}))(?::(\d{1,5}))?$/i
/** Names that exist in local networks alone, so that nobody can point one of their own at this server. */
const LOCAL_ENDINGS = /\.(?:local|localhost|lan|home|internal|intranet|home\.arpa)$/

/** The host of a request. */
export interface Host {
  /** In lower case, without brackets. */
  readonly name: string
  readonly port: number | undefined
}

/** The parts of a `Host` header; undefined if it is not one. */
export function parseHost(header: string): Host | undefined {
  const [, address, name, port] = AUTHORITY.exec(header) ?? []
  if (address === undefined && name === undefined) return undefined
  if (address !== undefined && isIP(address) !== 6) return undefined
  if (port !== undefined && Number(port) > 65_535) return undefined
  const host = (address ?? name ?? '').toLowerCase().replace(/\.$/, '')
  return host === '' ? undefined : { name: host, port: port === undefined ? undefined : Number(port) }
}

/**
 * Whether a request for this host may be meant for this server. If every name were accepted, a page on the
 * Internet could point its own name at an address in the local network, and then read everything there as its
 * own (DNS rebinding). It cannot do so with an address, nor with a name that exists only in local networks.
 * @param names the names that this machine and the operator's certificate have, in lower case
 */
export function isOwnHost({ name }: Host, names: ReadonlySet<string>): boolean {
  if (isIP(name) !== 0 || !name.includes('.') || LOCAL_ENDINGS.test(name)) return true
  if (names.has(name)) return true
  // A certificate for *.example.org names every host just below.
  return names.has(`*${name.slice(name.indexOf('.'))}`)
}
