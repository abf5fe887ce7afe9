import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { PERMISSIONS, type Permission, parsePath, type Request } from '@ftp/protocol'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { addAccount, PASSWORD, setAccount } from '../support/accounts.ts'
import { interruptUpload } from '../support/interrupted-upload.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'
import { TempDir } from '../support/temp-dir.ts'

/**
 * T24, T26: every operation with every right, in the account's own home, somebody else's, and outside of all. What is
 * refused changes nothing.
 */
/** Those that are asked of no path are in protocol/uploads, e2e/passwd and protocol/sharing. */
type Operation = Exclude<
  Request['type'],
  'hello' | 'login' | 'ping' | 'uploads' | 'passwd' | 'shares' | 'unshare' | 'token' | 'tokens' | 'revoke'
>

/** One way to use an operation, and the rights that it needs. */
interface Use {
  readonly needs: readonly Permission[]
  /** Of a path, by default a file that exists. */
  readonly on: string
  readonly request: (path: string) => { readonly type: Operation; readonly [field: string]: unknown }
  readonly payload?: Uint8Array
}

const BYTES = Buffer.from('new')
/** Of the partial of an interrupted upload. */
const KEY = '0123456789abcdef'.repeat(2)
const md5 = createHash('md5').update(BYTES).digest('hex')
const put = (ifExists: string) => (path: string) =>
  ({ type: 'put', path, length: BYTES.length, md5, ifExists }) as const
const mput = (ifExists: string) => (path: string) =>
  ({ type: 'mput', files: [{ path, length: BYTES.length, md5 }], ifExists }) as const
const move = (ifExists: string) => (path: string) => ({ type: 'move', path, to: 'g', ifExists }) as const
const copy = (ifExists: string) => (path: string) => ({ type: 'copy', path, to: 'g', ifExists }) as const
const on = (type: Operation) => (path: string) => ({ type, path })

const USES: Readonly<Record<Operation, readonly Use[]>> = {
  get: [{ needs: ['read'], on: 'f', request: on('get') }],
  follow: [{ needs: ['read'], on: 'f', request: on('follow') }],
  digest: [{ needs: ['read'], on: 'f', request: on('digest') }],
  list: [{ needs: ['list'], on: 'd', request: on('list') }],
  stat: [{ needs: ['list'], on: 'f', request: on('stat') }],
  usage: [{ needs: ['list'], on: 'd', request: on('usage') }],
  put: [
    { needs: ['write'], on: 'new', request: put('fail'), payload: BYTES },
    { needs: ['write'], on: 'new', request: put('replace'), payload: BYTES },
    { needs: ['write', 'overwrite'], on: 'f', request: put('replace'), payload: BYTES },
  ],
  discard: [{ needs: ['write'], on: 'unfinished', request: (path) => ({ type: 'discard', path, key: KEY }) }],
  share: [
    { needs: ['read'], on: 'f', request: (path) => ({ type: 'share', path, access: 'read' }) },
    { needs: ['read'], on: 'd', request: (path) => ({ type: 'share', path, access: 'read' }) },
    { needs: ['write'], on: 'd', request: (path) => ({ type: 'share', path, access: 'upload' }) },
  ],
  mkdir: [{ needs: ['mkdir'], on: 'new', request: on('mkdir') }],
  setstat: ['f', 'd'].map((name) => ({
    needs: ['overwrite'],
    on: name,
    request: (path) => ({ type: 'setstat', path, mtime: 1_000_000, mode: 0o711 }),
  })),
  mget: [{ needs: ['read'], on: 'f', request: (path) => ({ type: 'mget', paths: [path] }) }],
  mput: [
    { needs: ['write'], on: 'new', request: mput('fail'), payload: BYTES },
    { needs: ['write', 'overwrite'], on: 'f', request: mput('replace'), payload: BYTES },
  ],
  remove: [
    { needs: ['delete'], on: 'f', request: on('remove') },
    { needs: ['delete'], on: 'd', request: (path) => ({ type: 'remove', path, recursive: true }) },
  ],
  move: [
    { needs: ['move'], on: 'd', request: (path) => ({ ...move('fail')(path), to: 'e' }) },
    { needs: ['move', 'overwrite'], on: 'f', request: move('replace') },
  ],
  copy: [
    { needs: ['read', 'write'], on: 'f', request: (path) => ({ ...copy('fail')(path), to: 'new' }) },
    { needs: ['read', 'write', 'overwrite'], on: 'f', request: copy('replace') },
    {
      needs: ['read', 'write', 'list', 'mkdir'],
      on: 'd',
      request: (path) => ({ ...copy('fail')(path), to: 'new', recursive: true }),
    },
  ],
}
const ALL_USES = Object.entries(USES).flatMap(([operation, uses]) =>
  uses.map((use, number) => [`${operation} ${number + 1}`, use] as const),
)

let folder: ServedFolder
let outside: TempDir
let client: RawClient
beforeAll(async () => {
  folder = await ServedFolder.start({ anonymous: 'none' })
  outside = new TempDir()
  await addAccount(folder.root, 'anna', { home: parsePath('anna') })
})
afterAll(async () => {
  await folder[Symbol.asyncDispose]()
  outside[Symbol.dispose]()
})
beforeEach(async () => {
  for (const home of ['anna', 'eva']) {
    fs.rmSync(folder.at(home), { recursive: true, force: true })
    for (const name of ['f', 'g', 'd/inside']) folder.write(`${home}/${name}`, `${name} of ${home}`)
  }
  folder.write('above', 'above all homes')
  fs.writeFileSync(outside.at('f'), 'outside')
  fs.symlinkSync(outside.path, folder.at('anna/link'))
  fs.symlinkSync('../eva', folder.at('anna/eva-link'))
  await setAccount(folder.root, 'anna', { permissions: PERMISSIONS })
  interruptUpload(folder.root, { account: 'anna', directory: 'anna', name: 'unfinished', key: KEY })
  client = await RawClient.loginAs(folder.server, 'anna', PASSWORD)
})
afterEach(() => client[Symbol.asyncDispose]())

/** Every file and folder with its content, below the root and outside. */
function snapshot(): string[] {
  return [folder.root, outside.path].flatMap((top) =>
    fs
      .readdirSync(top, { recursive: true, withFileTypes: true })
      .filter(({ parentPath, name }) => !path.join(parentPath, name).includes('.ftp-server'))
      .map((entry) => {
        const file = path.join(entry.parentPath, entry.name)
        return entry.isFile() ? `${file}: ${fs.readFileSync(file, 'utf8')}` : file
      })
      .sort(),
  )
}

/** @returns the type of the last reply, or the code of the refusal */
async function use({ request, payload }: Use, path: string): Promise<string> {
  const id = client.request(request(path), payload)
  for (;;) {
    const reply = (await client.next())?.reply
    if (reply === undefined) return 'closed'
    if (reply.id !== id || reply.type === 'progress') continue
    if (reply.type === 'following') client.send({ id, type: 'cancel' })
    // Of one file among several, it is told beside the others.
    const [only] = reply.type === 'files' ? reply.files : reply.type === 'outcomes' ? reply.outcomes : [reply]
    return only?.type === 'error' ? only.code : reply.type
  }
}

describe.each(ALL_USES)('%s', (_, operation) => {
  const { needs } = operation
  const refusal = (given: readonly Permission[]): string =>
    // Who may write but not replace is told that something is there.
    needs.includes('write') && needs.every((right) => right === 'overwrite' || given.includes(right))
      ? 'exists'
      : 'forbidden'

  it.each(PERMISSIONS)('needs what the page says: with %s alone, and with everything else', async (right) => {
    for (const given of [[right], PERMISSIONS.filter((other) => other !== right)]) {
      await setAccount(folder.root, 'anna', { permissions: given })
      const before = snapshot()
      const isAllowed = needs.every((need) => given.includes(need))
      const end = await use(operation, operation.on)
      if (!isAllowed) {
        expect(end, given.join()).toBe(refusal(given))
        expect(snapshot()).toEqual(before)
      } else expect(end, given.join()).not.toMatch(/^(forbidden|exists|name|not_found|closed)$/)
    }
  })

  it.each([
    ...[
      '..',
      '../above',
      '../eva/f',
      '../anna/f',
      'd/../../eva/f',
      '/above',
      '/etc/passwd',
      './f',
      'd//inside',
    ],
    ...[
      'eva/f',
      'link/f',
      'link',
      'eva-link/f',
      'eva-link',
      'above/f',
      '.ftp-server/state.db',
      'd\\..\\..\\above',
    ],
  ])('with all rights, %s leads nowhere but home', async (typed) => {
    const before = snapshot()
    const end = await use(operation, typed)
    // The links themselves are in the home: they can be looked at, moved and removed.
    const isLink = typed === 'link' || typed === 'eva-link'
    if (!isLink) expect(end).toMatch(/^(name|not_found|forbidden|not_directory)$/)
    const others = (of: string[]): string[] => of.filter((line) => !line.startsWith(folder.at('anna/')))
    expect(others(snapshot())).toEqual(others(before))
    if (!isLink) expect(snapshot()).toEqual(before)
  })
})

it.each(['../eva/moved', '../moved', '/moved', 'link/moved', 'eva-link/moved', '.ftp-server/x', '..'])(
  'move to %s leads nowhere but home',
  async (to) => {
    const before = snapshot()
    expect((await client.ask({ type: 'move', path: 'f', to, ifExists: 'replace' }, 'error')).code).toMatch(
      /^(name|forbidden)$/,
    )
    expect(snapshot()).toEqual(before)
  },
)
