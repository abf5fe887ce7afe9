import net from 'node:net'
import { withoutMapping } from '../../../guards/source-address.ts'
import { Refusal } from './reply.ts'

/** Where a client wants its data. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** Lower ports belong to services of the system: nobody receives files there. */
const LEAST_PORT = 1_024

/** Parses the argument of PORT: `h1,h2,h3,h4,p1,p2`. @throws Refusal 501 */
export function parsePort(argument: string): Address {
  const numbers = argument.split(',').map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : Number.NaN))
  if (numbers.length !== 6 || !numbers.every((number) => number <= 255))
    throw new Refusal(501, 'PORT takes six numbers up to 255, separated by commas')
  const [a = 0, b = 0, c = 0, d = 0, high = 0, low = 0] = numbers
  return { host: [a, b, c, d].join('.'), port: high * 256 + low }
}

/** Parses the argument of EPRT: `|1|192.0.2.7|50000|` (RFC 2428). @throws Refusal 501, 522 */
export function parseExtendedPort(argument: string): Address {
  const [before, family, host = '', port = '', after, ...rest] = argument.split(argument.charAt(0) || '|')
  if (before !== '' || after !== '' || rest.length > 0 || !/^\d{1,5}$/.test(port))
    throw new Refusal(501, 'EPRT takes |1|address|port| or |2|address|port|')
  if (family !== '1' && family !== '2') throw new Refusal(522, 'network protocol not supported, use (1,2)')
  if (net.isIP(host) !== (family === '1' ? 4 : 6)) throw new Refusal(501, 'the address is not of that family')
  return { host, port: Number(port) }
}

/**
 * The address of the client itself, to which its data goes; any other one is refused, since a client could make this server
 * connect to others. The unspecified address means the client, too: lftp announces it over IPv6.
 * @param peer the address of the control connection's other end
 * @throws Refusal 501
 */
export function ownAddress({ host, port }: Address, peer: string): Address {
  const own = withoutMapping(peer)
  const unspecified = net.isIPv6(own) ? '::' : '0.0.0.0'
  if (!isSameHost(host, own) && !isSameHost(host, unspecified))
    throw new Refusal(501, 'data goes only to the address that the control connection comes from')
  if (port < LEAST_PORT || port > 65_535)
    throw new Refusal(501, `data goes only to ports from ${LEAST_PORT} to 65535`)
  return { host: own, port }
}

/** Whether two addresses are the same, however they are written. */
export function isSameHost(one: string, other: string): boolean {
  const same = new net.BlockList()
  const [a, b] = [withoutMapping(one), withoutMapping(other)].map((address) => address.split('%')[0] ?? '')
  const [ofA, ofB] = [net.isIP(a ?? ''), net.isIP(b ?? '')]
  if (a === undefined || b === undefined || ofA === 0 || ofA !== ofB) return false
  const family = ofA === 4 ? 'ipv4' : 'ipv6'
  same.addAddress(a, family)
  return same.check(b, family)
}

/** An address as PASV announces it. */
export function formatPassive(host: string, port: number): string {
  return [...host.split('.'), port >> 8, port & 255].join(',')
}
