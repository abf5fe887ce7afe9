import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { request } from '../support/http-client.ts'
import { openOf } from '../support/open-files.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** What this process, and with it the server, has open. */
const openFiles = (): string[] => openOf(process.pid)

/** What takes long for a large folder leaves its thread free for others. */
const ENTRIES = 2_000
/** A round decides nothing if the quick request was sent too late because this process had to wait for the processor. */
const ROUNDS = 20

let folder: ServedFolder
beforeAll(async () => {
  folder = await ServedFolder.start()
  fs.mkdirSync(folder.at('many'))
  for (let i = 0; i < ENTRIES; i++) fs.mkdirSync(folder.at(`many/${i}`))
})
afterAll(() => folder[Symbol.asyncDispose]())

it.each(['GET /files/many/?limit=1', 'HEAD /files/many/?zip'])('%s', async (line) => {
  const { host, port } = folder.server
  const [busy, other] = [net.connect({ host, port }), net.connect({ host, port })]
  const ask = async (socket: net.Socket, what: string): Promise<void> => {
    socket.write(`${what} HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\n\r\n`)
    const [answer]: unknown[] = await once(socket, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1.1 200/)
  }
  for (const socket of [busy, other]) await ask(socket, 'GET /health')
  /** Whether a request that is sent after the long one is answered before it. */
  const overtakes = async (): Promise<boolean> => {
    const order: string[] = []
    const asked = [
      [busy, line],
      [other, 'GET /health'],
    ] as const
    const answered = asked.map(async ([socket, what]) => {
      await ask(socket, what)
      order.push(what)
    })
    await Promise.all(answered)
    return order[0] === 'GET /health'
  }
  let [round, hasOvertaken] = [0, false]
  while (!hasOvertaken && round++ < ROUNDS) hasOvertaken = await overtakes()
  expect(hasOvertaken).toBe(true)
  for (const socket of [busy, other]) socket.destroy()
})

it('a folder is closed if nobody wants its entries, or no longer', async () => {
  await request(folder.server, '/files/many/', { method: 'HEAD' })
  await expect.poll(openFiles).not.toContain(folder.at('many'))
  const { host, port } = folder.server
  for (const target of ['/files/many/', '/files/many/?usage']) {
    const socket = net.connect({ host, port })
    socket.write(`GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`)
    await once(socket, 'connect')
    socket.destroy()
  }
  await expect.poll(openFiles).not.toContain(folder.at('many'))
})
