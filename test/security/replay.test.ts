import net from 'node:net'
import { connect } from '@ftp/client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { addAccount, PASSWORD } from '../support/accounts.ts'
import { ChaosProxy } from '../support/chaos-proxy.ts'
import { closed } from '../support/connections.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** Somebody who has recorded a whole conversation, and says the client's part of it again. */
const WAYS = { 'over TLS': false, 'in plaintext': true } as const

const folders = new Map<boolean, ServedFolder>()
beforeAll(async () => {
  for (const plaintext of Object.values(WAYS)) {
    const folder = await ServedFolder.start({ plaintext, anonymous: 'none' })
    await addAccount(folder.root, 'anna')
    folders.set(plaintext, folder)
  }
})
afterAll(async () => {
  for (const folder of folders.values()) await folder[Symbol.asyncDispose]()
})

it.each(Object.entries(WAYS))('what a client said, said again %s, does nothing', async (_, plaintext) => {
  const folder = folders.get(plaintext)
  if (folder === undefined) throw new Error('no server')
  const said: Buffer[] = []
  await using proxy = await ChaosProxy.start(folder.server.port, () => ({
    watch: (way, chunk) => way === 'up' && said.push(Buffer.from(chunk)),
  }))
  {
    const { fingerprint } = folder.server
    const key = fingerprint === undefined ? { plaintext: true } : { fingerprint }
    await using client = await connect(`anna@127.0.0.1:${proxy.port}`, { password: PASSWORD, ...key })
    await client.put(Buffer.from('hello'), 'file')
    await client.remove('file')
    await client.put(Buffer.from('hello'), 'file')
    await client.remove('file')
  }
  expect(folder.has('file')).toBe(false)
  folder.write('file', 'new')

  const again = net.connect(folder.server.port, '127.0.0.1').on('error', () => {})
  const heard: Buffer[] = []
  again.on('data', (chunk) => heard.push(Buffer.from(chunk)))
  for (const chunk of said) again.write(chunk)
  await closed(again)
  // In plaintext it hears why: its proof was for another challenge.
  if (plaintext) expect(Buffer.concat(heard).toString()).toContain('"code":"login"')
  expect(Buffer.from(folder.read('file')).toString()).toBe('new')
  expect(folder.faults).toEqual([])
})
