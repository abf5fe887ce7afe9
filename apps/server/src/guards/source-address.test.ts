import { describe, expect, it } from 'vitest'
import { addressList, sourceOf } from './source-address.ts'

describe('a source', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
    ['2001:0DB8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['', ''],
  ])('of %s is %s', (address, source) => {
    expect(sourceOf(address)).toBe(source)
  })
})

describe('a list of networks', () => {
  it('knows addresses and networks of both families', () => {
    const listed = addressList(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', '::1'])
    for (const address of ['10.1.2.3', '192.0.2.7', '2001:db8:5::1', '::1'])
      expect(listed(address), address).toBe(true)
    for (const address of ['11.0.0.1', '192.0.2.8', '2001:db9::1', '::2', ''])
      expect(listed(address), address).toBe(false)
  })

  it.each(['somewhere', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/-1', '10.0.0.0/8/8', ''])(
    'refuses %j, instead of trusting nobody or everybody',
    (network) => {
      expect(() => addressList([network])).toThrow(/neither an address nor a network/)
    },
  )
})
