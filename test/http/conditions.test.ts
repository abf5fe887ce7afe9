import fs from 'node:fs'
import { systemFiles } from '@ftp/files'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { httpDoor } from '../../apps/server/src/doors/http/connection/front.ts'
import { routes } from '../../apps/server/src/doors/http/routes/routes.ts'
import { PageAssets } from '../../apps/server/src/page/page-assets.ts'
import { request } from '../support/http-client.ts'
import { intercepted } from '../support/intercepted-files.ts'
import { OneThreadServer } from '../support/one-thread-server.ts'

/** Conditions of a change that hold when the request comes, and no longer when the change takes place. */
let server: OneThreadServer
/** What happens once the server has looked at a file. */
let onceSeen: (() => void) | undefined
const files = intercepted(systemFiles, (call, proceed) => {
  const result = proceed()
  if (call === 'lstat') {
    onceSeen?.()
    onceSeen = undefined
  }
  return result
})

beforeAll(async () => {
  const site = { names: new Set<string>(), page: new PageAssets() }
  server = await OneThreadServer.start({ door: httpDoor(routes(site)), files })
})
afterAll(async () => {
  expect(server.faults).toEqual([])
  await server[Symbol.asyncDispose]()
})

it.each(['DELETE', 'MOVE', 'COPY', 'PUT'])('%s leaves a version that has come meanwhile', async (method) => {
  const [file, newer] = [server.at('file'), server.at('newer')]
  fs.writeFileSync(file, 'old')
  const destination = { ...server.server, fingerprint: undefined }
  const { headers } = await request(destination, '/files/file', { method: 'HEAD' })
  onceSeen = () => {
    fs.writeFileSync(newer, 'newer')
    fs.renameSync(newer, file)
  }
  const { status } = await request(destination, '/files/file', {
    method,
    headers: { 'if-match': headers['etag'] ?? '', destination: '/files/elsewhere' },
    ...(method === 'PUT' && { body: 'mine' }),
  })
  expect(status).toBe(412)
  expect(fs.readFileSync(file, 'utf8')).toBe('newer')
  expect(fs.existsSync(server.at('elsewhere'))).toBe(false)
})
