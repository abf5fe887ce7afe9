import fs from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { httpDoor } from '../../apps/server/src/doors/http/connection/front.ts'
import { routes } from '../../apps/server/src/doors/http/routes/routes.ts'
import { PageAssets } from '../../apps/server/src/page/page-assets.ts'
import { request } from '../support/http-client.ts'
import { OneThreadServer } from '../support/one-thread-server.ts'

const FILES = 600
/** The pieces of an archive for each file in it: its header, its bytes, and its entry at the end. */
const PIECES = 3
/** The most pieces that are sent before others have their turn. */
const MOST = 32

let server: OneThreadServer
beforeAll(async () => {
  const site = { names: new Set<string>(), page: new PageAssets() }
  server = await OneThreadServer.start({ door: httpDoor(routes(site)) })
  fs.mkdirSync(server.at('folder'))
  for (let index = 0; index < FILES; index++) fs.writeFileSync(server.at(`folder/${index}`), 'x')
})
afterAll(() => server[Symbol.asyncDispose]())

it('an archive of many small files leaves turns to others', async () => {
  let rounds = 0
  let isRunning = true
  const count = (): void => {
    rounds++
    if (isRunning) setImmediate(count)
  }
  setImmediate(count)
  const { status } = await request({ ...server.server, fingerprint: undefined }, '/files/folder?zip')
  isRunning = false
  expect(status).toBe(200)
  expect(rounds).toBeGreaterThan((FILES * PIECES) / MOST)
})
