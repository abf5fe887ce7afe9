import { networkInterfaces } from 'node:os'
import type { Server } from '../server.ts'
import type { DoorName } from '../state/door-name.ts'

/** A way in, for programs. */
export interface DoorUrl {
  readonly door: DoorName
  readonly url: string
  /** Of the key that clients see there, if it is not the server's own. */
  readonly fingerprint?: string
}

/** The doors that are open, and the URL of each under the first address that other machines may reach. */
export function doorsOf(
  server: Pick<Server, 'config' | 'host' | 'port' | 'ftpPort' | 'ftpsPort' | 'sshFingerprint'>,
): DoorUrl[] {
  const { config, host, port, ftpPort, ftpsPort, sshFingerprint: fingerprint } = server
  const [address = host] = reachable(host)
  const at = (scheme: string, own: number): string => `${scheme}://${bracketed(address)}:${own}`
  return [
    { door: 'ftx', url: at('ftx', port) },
    ...(config.web ? [{ door: 'web', url: webUrl(address, config, port) } as const] : []),
    ...(fingerprint === undefined ? [] : [{ door: 'sftp', url: at('sftp', port), fingerprint } as const]),
    ...(ftpPort === undefined ? [] : [{ door: 'ftp', url: at('ftp', ftpPort) } as const]),
    ...(ftpsPort === undefined ? [] : [{ door: 'ftp', url: at('ftps', ftpsPort) } as const]),
  ]
}

/** The URL for browsers. */
export function webUrl(
  address: string,
  { plaintext }: Pick<Server['config'], 'plaintext'>,
  port: number,
): string {
  return `${plaintext ? 'http' : 'https'}://${bracketed(address)}:${port}/`
}

/** The addresses under which other machines may reach a server that listens on `host`. */
export function reachable(host: string): string[] {
  if (host !== '::' && host !== '0.0.0.0') return [host]
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  const outside = all
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address)
  return outside.length > 0 ? outside : ['127.0.0.1']
}

/** An address as it stands in a URL. */
export function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}
