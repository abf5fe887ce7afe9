import fs from 'node:fs'
import net from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ServedFolder } from '../support/served-folder.ts'

/** What takes long for a large folder leaves its thread free for others. */
const ENTRIES = 2_000

let folder: ServedFolder
beforeAll(async () => {
  folder = await ServedFolder.start({ threads: 1 })
  fs.mkdirSync(folder.at('many'))
  for (let i = 0; i < ENTRIES; i++) fs.mkdirSync(folder.at(`many/${i}`))
})
afterAll(() => folder[Symbol.asyncDispose]())

it.each(['GET /files/many/?limit=1', 'HEAD /files/many/?zip'])('%s', async (line) => {
  const { host, port } = folder.server
  const order: string[] = []
  const [slow, quick] = [line, 'GET /health'].map((what) => {
    const socket = net.connect({ host, port })
    socket.write(`${what} HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\nConnection: close\r\n\r\n`)
    return text(socket).then((answer) => {
      order.push(what)
      return answer
    })
  })
  expect(await slow).toMatch(/^HTTP\/1.1 200/)
  await quick
  expect(order).toEqual(['GET /health', line])
})
