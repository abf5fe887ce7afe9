import type { ServerOptions } from '@ftp/server'
import { expect, it } from 'vitest'
import { FtpClient } from '../support/ftp-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** The options of FTP, as a client notices them. */
it('the address and the ports for data are those that the operator names', async () => {
  const [first, last] = [40_000, 40_999]
  await using folder = await ServedFolder.start({
    ftp: true,
    ftpPort: 0,
    ftpPassive: { first, last },
    ftpAddress: '203.0.113.7',
    threads: 1,
  })
  using client = await FtpClient.enter(folder.server.ftpPort, { user: 'anonymous', isEncrypted: false })
  const { text } = await client.command('PASV')
  const [, address, high, low] = /\((\d+,\d+,\d+,\d+),(\d+),(\d+)\)/.exec(text) ?? []
  expect(address).toBe('203,0,113,7')
  const port = Number(high) * 256 + Number(low)
  expect(port).toBeGreaterThanOrEqual(first)
  expect(port).toBeLessThanOrEqual(last)
})

it('if all ports for data are taken, the client is told to try again', async () => {
  await using first = await ServedFolder.start({ ftp: true, ftpPort: 0 })
  using holder = await FtpClient.enter(first.server.ftpPort, { user: 'anonymous', isEncrypted: false })
  const port = Number(/\|\|\|(\d+)\|/.exec((await holder.command('EPSV')).text)?.[1])
  await using folder = await ServedFolder.start({
    ftp: true,
    ftpPort: 0,
    ftpPassive: { first: port, last: port },
    threads: 1,
  })
  using client = await FtpClient.enter(folder.server.ftpPort, { user: 'anonymous', isEncrypted: false })
  expect((await client.command('EPSV')).code).toBe(425)
})

it.each<[string, Partial<ServerOptions>]>([
  ['--ftp', { ftpPort: 0 }],
  ['--ftp', { ftpPassive: { first: 1, last: 2 } }],
  ['--plaintext', { ftp: true, ftpPort: 0, ftpsPort: 0 }],
])('what makes no sense is refused, naming %s', async (named, options) => {
  await expect(ServedFolder.start(options)).rejects.toThrow(named)
})
