import { hostname, networkInterfaces } from 'node:os'
import { searchDomains } from './search-domains.ts'

/** A name that can stand in a certificate: letters, digits and hyphens, in labels of up to 63 characters. */
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/

/**
 * The names and addresses by which a client may reach a server on this machine, those of other machines'
 * clients first.
 * @param host the address that the server listens on; undefined for all interfaces
 * @param domains those in which names of the local network are looked up
 */
export function ownNames(host: string | undefined, domains = searchDomains()): string[] {
  const name = hostname().toLowerCase()
  const [label = ''] = name.split('.')
  const qualified = domains.map((domain) => `${label}.${domain}`)
  const named = [name, label, `${label}.local`, ...qualified].filter((one) => HOST_NAME.test(one))
  const interfaces = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  // A link-local address needs the name of the client's own interface, which no certificate can contain.
  const addresses = interfaces
    .filter(({ internal, address }) => !internal && !/^fe[89ab]/i.test(address))
    .map(({ address }) => address)
  const listening = host === undefined || host === '::' || host === '0.0.0.0' ? [] : [host.toLowerCase()]
  return [...new Set([...named, ...addresses, ...listening, 'localhost', '127.0.0.1', '::1'])]
}
