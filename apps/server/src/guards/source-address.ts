import net from 'node:net'
import { TransferError } from '@ftp/protocol'

/**
 * The source to which a connection is attributed: an IPv4 address, or the /64 network of an IPv6 address,
 * because one owner has all of that network.
 */
export function sourceOf(address: string): string {
  const v4 = withoutMapping(address)
  if (!v4.includes(':')) return v4
  return `${groups(v4.split('%')[0] ?? '')
    .slice(0, 4)
    .join(':')}::/64`
}

/** A listener for both families shows the IPv4 address 192.0.2.1 as `::ffff:192.0.2.1`. */
export function withoutMapping(address: string): string {
  return /^::ffff:[\d.]+$/i.test(address) ? address.slice(7) : address
}

/**
 * @returns whether an address is in one of `networks`, each an address or `address/prefix`.
 * @throws TransferError
 */
export function addressList(networks: readonly string[]): (address: string) => boolean {
  const list = new net.BlockList()
  for (const network of networks) {
    const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(network) ?? []
    const family = net.isIP(address)
    const most = family === 6 ? 128 : 32
    const bits = prefix === undefined ? most : Number(prefix)
    if (family === 0 || bits > most)
      throw new TransferError(
        'bad_request',
        `"${network}" is neither an address nor a network like 10.0.0.0/8`,
      )
    list.addSubnet(address, bits, family === 6 ? 'ipv6' : 'ipv4')
  }
  return (address) => list.check(address, address.includes(':') ? 'ipv6' : 'ipv4')
}

/** The eight groups of an IPv6 address, without leading zeros. */
function groups(address: string): string[] {
  const [head = '', tail] = address.split('::')
  const before = head.split(':').filter((group) => group !== '')
  const after = (tail ?? '').split(':').filter((group) => group !== '')
  const missing = tail === undefined ? 0 : 8 - before.length - after.length
  return [...before, ...Array.from({ length: Math.max(0, missing) }, () => '0'), ...after].map((group) =>
    group.replace(/^0+(?=.)/, '').toLowerCase(),
  )
}
