import fs from 'node:fs'
import path from 'node:path'
import { localPath, STATE_NAME } from '@ftp/protocol'
import type { AnonymousAccess } from '@ftp/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../../apps/server/src/databases/sqlite/database.ts'
import { sqliteState } from '../../apps/server/src/databases/sqlite/state.ts'
import { addAccount, PASSWORD } from '../support/accounts.ts'
import { treeOf } from '../support/files.ts'
import { raw, request } from '../support/http-client.ts'
import { ServedFolder } from '../support/served-folder.ts'
import { HTTP_THREATS, type HttpThreat } from './http-threats.ts'

/*
 * Each bad request of HTTP in each state that its sender may be in. Whoever sends it, it is refused as it should be, and
 * nothing is changed.
 */

const SECRET = 'only the server may read this'
/** What no answer contains: a page of another site must not be allowed to read anything. */
const FORBIDDEN = /\r\naccess-control-allow/i

/** Who sends the requests: the fields that say so, and the URL below which it sees files. */
interface Sender {
  readonly fields: readonly string[]
  readonly base: string
}

/** Whether a sender gets far enough to be refused for what it sends, and otherwise how it is refused. */
interface State {
  readonly name: string
  readonly anonymous: AnonymousAccess
  readonly enter: (folder: ServedFolder) => Promise<Sender>
  /** The answers that keep it out, besides the one for what it sends. */
  readonly kept: readonly number[]
  /** Whether what it sends replaces nothing. */
  readonly isGuest?: boolean
}

const free = { expires: undefined, mostUses: undefined, verifier: undefined }
const basic = [`Authorization: Basic ${Buffer.from(`anna:${PASSWORD}`).toString('base64')}`]

async function linkTo(folder: ServedFolder, kind: 'folder' | 'upload'): Promise<Sender> {
  using database = openDatabase(path.join(folder.root, STATE_NAME, 'state.db'))
  const { secret } = await sqliteState(database).links.add({
    account: 'anna',
    path: localPath(['shared']),
    kind,
    ...free,
  })
  return { fields: [], base: `/s/${secret}` }
}

const STATES: readonly State[] = [
  {
    name: 'without a login',
    anonymous: 'none',
    enter: async () => ({ fields: [], base: '/files' }),
    kept: [401],
  },
  {
    name: 'with a password',
    anonymous: 'none',
    enter: async () => ({ fields: basic, base: '/files' }),
    kept: [],
  },
  {
    name: 'in a session',
    anonymous: 'none',
    enter: async ({ server }) => {
      const { headers } = await request(server, '/session', { method: 'POST', as: `anna:${PASSWORD}` })
      return { fields: [`Cookie: ${headers['set-cookie']?.split(';')[0]}`], base: '/files' }
    },
    kept: [],
  },
  {
    name: 'with a link to read',
    anonymous: 'none',
    enter: (folder) => linkTo(folder, 'folder'),
    kept: [401, 404, 405],
  },
  {
    name: 'with a link to send',
    anonymous: 'none',
    enter: (folder) => linkTo(folder, 'upload'),
    kept: [401, 403, 404, 405, 409, 501],
    isGuest: true,
  },
  {
    name: 'as anybody who may read',
    anonymous: 'read',
    enter: async () => ({ fields: [], base: '/files' }),
    kept: [403],
  },
  {
    name: 'as anybody who may write',
    anonymous: 'write',
    enter: async () => ({ fields: [], base: '/files' }),
    kept: [],
  },
]

const servers = new Map<AnonymousAccess, ServedFolder>()
beforeAll(async () => {
  for (const anonymous of ['none', 'read', 'write'] as const) {
    const folder = await ServedFolder.start({ anonymous })
    servers.set(anonymous, folder)
    await addAccount(folder.root, 'anna')
    folder.write('f', 'file')
    folder.write('d/g', 'in a folder')
    folder.write('shared/f', 'shared')
    folder.write('shared/d/g', 'shared')
    fs.writeFileSync(path.join(folder.root, STATE_NAME, 'secret'), SECRET)
  }
})
afterAll(async () => {
  for (const folder of servers.values()) await folder[Symbol.asyncDispose]()
})

function bytesOf(
  { method, target, fields = [], body = '' }: HttpThreat,
  { fields: own, base }: Sender,
): string {
  const url =
    target.startsWith('//') && /^\/\/(session|uploads|tokens|shares|password)/.test(target)
      ? target.slice(1)
      : base + target
  const host = fields.some((field) => field.startsWith('Host:')) ? [] : ['Host: nas']
  const isFramed = body === '' || fields.some((field) => field.startsWith('Transfer-Encoding'))
  const length = isFramed ? [] : [`Content-Length: ${body.length}`]
  const head = [...host, 'Connection: close', ...own, ...fields, ...length]
  return `${method} ${url} HTTP/1.1\r\n${head.map((field) => `${field}\r\n`).join('')}\r\n${body}`
}

/** What must not change: everything that is stored, except what the server writes for itself. */
function stored(folder: ServedFolder): Record<string, string> {
  return Object.fromEntries(
    Object.entries(treeOf(folder.root)).filter(([name]) => !name.startsWith(STATE_NAME)),
  )
}

describe.each(STATES)('$name', ({ anonymous, enter, kept, isGuest = false }) => {
  it.each(Object.entries(Object.groupBy(HTTP_THREATS, ({ threat }) => threat)))(
    '%s',
    async (_, threats = []) => {
      const folder = servers.get(anonymous)
      if (folder === undefined) throw new Error('no such server')
      const sender = await enter(folder)
      const before = stored(folder)
      const wrong: string[] = []
      for (const threat of threats) {
        if (isGuest && threat.isGuests === true) continue
        const bytes = bytesOf(threat, sender)
        const answer = await raw(folder.server, bytes)
        const [, status = 'nothing'] = /^HTTP\/1\.1 (\d{3}) /.exec(answer) ?? []
        const owners = threat.isOfAccount === true ? [403] : []
        const right = threat.isAtOnce === true ? [threat.status] : [threat.status, ...kept, ...owners]
        if (!right.includes(Number(status))) wrong.push(`${status}, not ${right}, to ${bytes.slice(0, 300)}`)
        if (answer.includes(SECRET) || FORBIDDEN.test(answer))
          wrong.push(`${answer}, to ${bytes.slice(0, 300)}`)
      }
      expect(wrong).toEqual([])
      await expect.poll(() => stored(folder)).toEqual(before)
      expect(folder.faults).toEqual([])
    },
  )
})
