import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import nodePath from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { localPath, parsePath, type RemotePath } from '@ftp/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { accountRecord, testVerifier } from '../../../../test/support/accounts.ts'
import { LoginFixture, refusalOf, WEB } from '../../../../test/support/login-fixture.ts'
import type { NewLink } from '../state/link-record.ts'
import { HashedUpload } from './hashed-upload.ts'
import type { Guest } from './links.ts'
import { list } from './list.ts'
import { mkdir } from './mkdir.ts'
import { move } from './move.ts'
import { mput } from './mput.ts'
import { Omissions } from './omissions.ts'
import { addLink, ownLinks, removeLink } from './own-links.ts'
import { addToken, ownTokens, removeToken } from './own-tokens.ts'
import { ownUploads } from './own-uploads.ts'
import { passwd } from './passwd.ts'
import { openFile } from './read-range.ts'
import { remove } from './remove.ts'
import { setstat } from './setstat.ts'
import type { Share } from './share.ts'
import { stat } from './stat.ts'
import { beginUpload, openUpload } from './store.ts'
import { usage } from './usage.ts'

let fixture: LoginFixture
beforeEach(async () => {
  fixture = await LoginFixture.open()
  for (const [name, content] of Object.entries({
    'pics/one.txt': 'one',
    'pics/two.txt': 'two',
    'pics/deep/three.txt': 'three',
    'picsy/other.txt': 'other',
    'secret.txt': 'secret',
  })) {
    const file = nodePath.join(fixture.root, 'home', name)
    fs.mkdirSync(nodePath.dirname(file), { recursive: true })
    fs.writeFileSync(file, content)
  }
  await fixture.change({ home: parsePath('home') })
})
afterEach(() => fixture[Symbol.dispose]())

/** @returns the secret of a new link */
async function add(kind: NewLink['kind'], below: string, changes: Partial<NewLink> = {}): Promise<string> {
  const target = localPath(['home', ...parsePath(below)])
  const wanted = { expires: undefined, mostUses: undefined, verifier: undefined, ...changes }
  return (await fixture.state.links.add({ account: 'anna', path: target, kind, ...wanted })).secret
}

function open(secret: string, how: { visit?: string | undefined; password?: string } = {}): Promise<Guest> {
  return fixture.logins.links.open({ secret, ...how }, WEB)
}

async function shareOf(secret: string): Promise<Share> {
  return await (await open(secret)).login.share()
}

async function namesIn(share: Share, below = ''): Promise<string[]> {
  const names: string[] = []
  for await (const batch of list(share, parsePath(below), true, new Omissions()))
    names.push(...batch.map(({ name }) => name))
  return names.sort()
}

async function contentOf(share: Share, path: RemotePath): Promise<string> {
  await using file = await openFile(share, path)
  const parts: Buffer[] = []
  for await (const slice of file.read(0, file.entry.size, new AbortController().signal)) {
    using block = slice.block
    parts.push(Buffer.from(block.bytes.subarray(0, block.length)))
  }
  return Buffer.concat(parts).toString()
}

function putAll(share: Share, ...names: string[]): ReturnType<typeof mput> {
  const bytes = Buffer.from('new')
  const md5 = '22af645d1859cb5ca6da0c484f1f37ea'
  return mput(
    share,
    names.map((name) => ({
      path: parsePath(name),
      bytes,
      md5: Buffer.from(md5, 'hex'),
      length: 3,
      ifExists: 'replace',
    })),
  )
}

/** Every operation that changes or tells something, on a path. */
function attempts(share: Share, target: string): Record<string, Promise<unknown>> {
  const file = parsePath(target)
  return {
    stat: stat(share, file),
    list: namesIn(share, target),
    read: contentOf(share, file),
    mkdir: mkdir(share, file, false),
    setstat: setstat(share, file, { mode: 0o600 }),
    remove: remove(share, file, false),
    move: move(share, file, parsePath('moved'), 'replace'),
    usage: usage(share, file, async () => {}),
    uploads: (async () => [...ownUploads(share)])(),
    passwd: passwd(share, {
      salt: new Uint8Array(16),
      iterations: 600_000,
      storedKey: new Uint8Array(32),
      serverKey: new Uint8Array(32),
    }),
  }
}

/** The names of the operations that are not refused. */
async function allowed(share: Share, target: string): Promise<string[]> {
  const ended = Object.entries(attempts(share, target)).map(async ([name, attempt]) => {
    const code = await refusalOf(attempt)
    if (!['internal', 'forbidden', 'not_found', 'not_directory'].includes(code))
      throw new Error(`${name}: ${code}`)
    return code === 'internal' ? [name] : []
  })
  return (await Promise.all(ended)).flat()
}

describe('a link', () => {
  it('has a secret of 160 bits, which is stored as a hash, and an id that opens nothing', async () => {
    const { id, secret } = await fixture.state.links.add({
      ...{ account: 'anna', path: localPath(['home']), kind: 'folder' },
      ...{ expires: undefined, mostUses: undefined, verifier: undefined },
    })
    expect(secret).toMatch(/^ftpl_[0-9a-z]{31}$/)
    expect(JSON.stringify(fixture.database.prepare('SELECT * FROM links').all())).not.toContain(secret)
    for (const wrong of [
      id,
      '',
      `${secret.slice(0, -1)}${secret.endsWith('0') ? '1' : '0'}`,
      `ftpt_${secret.slice(5)}`,
    ])
      expect(await refusalOf(open(wrong))).toBe('not_found')
  })

  it('to a folder shows that folder and nothing beside it, to read only', async () => {
    const share = await shareOf(await add('folder', 'pics'))
    expect(await namesIn(share)).toEqual(['deep', 'deep/three.txt', 'one.txt', 'two.txt'])
    expect(await contentOf(share, parsePath('deep/three.txt'))).toBe('three')
    expect(await allowed(share, 'one.txt')).toEqual(['stat', 'read', 'usage'])
    expect(await allowed(share, 'secret.txt')).toEqual([])
    const [put] = await putAll(share, 'new.txt')
    expect(put).toMatchObject({ code: 'forbidden' })
    expect(fs.readdirSync(nodePath.join(fixture.root, 'home'))).toEqual(['pics', 'picsy', 'secret.txt'])
  })

  it('to a file shows that file, and to nobody that there is anything else', async () => {
    const guest = await open(await add('file', 'pics/one.txt'))
    const share = await guest.login.share()
    expect(guest.file).toEqual(['one.txt'])
    expect(await contentOf(share, parsePath('one.txt'))).toBe('one')
    expect(await allowed(share, 'one.txt')).toEqual(['stat', 'read', 'usage'])
    for (const other of ['', 'two.txt', 'missing.txt', 'deep', 'deep/three.txt', 'one.txt/x']) {
      expect(await allowed(share, other), other).toEqual([])
      expect(await refusalOf(contentOf(share, parsePath(other))), other).toBe('not_found')
    }
  })

  it('for uploads takes files, overwrites none, and tells no name', async () => {
    const guest = await open(await add('upload', 'pics'))
    expect(guest.name).not.toContain('pics')
    const share = await guest.login.share()
    expect(share.guest).toMatchObject({ hidesNames: true })
    for (const name of ['', 'one.txt', 'missing.txt', 'deep', 'deep/three.txt'])
      expect(await allowed(share, name), name).toEqual([])
    const outcomes = await putAll(share, 'one.txt', 'new.txt', 'deep')
    expect(outcomes.map((outcome) => ('type' in outcome ? outcome.type : outcome.code))).toEqual([
      'stored',
      'stored',
      'stored',
    ])
    const folder = nodePath.join(fixture.root, 'home/pics')
    expect(fs.readdirSync(folder).sort()).toEqual([
      'deep',
      'deep-1',
      'new.txt',
      'one-1.txt',
      'one.txt',
      'two.txt',
    ])
    expect(fs.readFileSync(nodePath.join(folder, 'one.txt'), 'utf8')).toBe('one')
    // The owner sees under which name it was stored.
    expect(fixture.events.filter(({ action }) => action === 'put')).toMatchObject([
      { account: 'anna', credential: expect.stringMatching(/^link [0-9a-f]{10}$/), path: 'pics/one-1.txt' },
      { path: 'pics/new.txt' },
      { path: 'pics/deep-1' },
    ])
    // A folder that exists, and one that does not, give the same answer.
    for (const name of ['deep/x', 'missing/x'])
      await expect(putAll(share, name)).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('for uploads takes a file in pieces, under another name if its own is taken, and in no folder', async () => {
    const share = await shareOf(await add('upload', 'pics'))
    const options = { ifExists: 'replace', length: 3 } as const
    const upload = await beginUpload(share, parsePath('one.txt'), options)
    if (!(upload instanceof HashedUpload)) throw new Error('it was not begun')
    await using begun = upload
    await begun.append(Readable.from([Buffer.from('new')]), { signal: new AbortController().signal })
    await begun.commit()
    const stored = nodePath.join(fixture.root, 'home/pics/one-1.txt')
    expect(fs.readFileSync(stored, 'utf8')).toBe('new')
    for (const name of ['deep/x', 'missing/x'])
      expect(await refusalOf(beginUpload(share, parsePath(name), options))).toBe('forbidden')
    const owner = await (await fixture.enter()).share()
    const owned = await beginUpload(owner, parsePath('mine'), options)
    if (!(owned instanceof HashedUpload)) throw new Error('it was not begun')
    await using _mine = owned
    expect(await refusalOf(openUpload(share, owned.id))).toBe('not_found')
  })

  it('counts its uploads in the quota of its owner', async () => {
    await fixture.change({ home: parsePath('home'), quota: { bytes: 25, files: undefined } })
    const share = await shareOf(await add('upload', 'pics'))
    const [first, second] = [await putAll(share, 'a'), await putAll(share, 'b')]
    expect([first, second]).toMatchObject([[{ type: 'stored' }], [{ code: 'quota' }]])
  })

  it('has no more rights than its owner has now, and ends with them', async () => {
    const [folder, upload] = [await add('folder', 'pics'), await add('upload', 'pics')]
    const guests = await Promise.all([folder, upload].map((secret) => open(secret)))
    const home = parsePath('home')
    const changes = [
      { home, permissions: [] },
      { home, enabled: false },
      { home, doors: ['ftx'] },
      { home: parsePath('elsewhere') },
      { home: parsePath('home/pic') },
    ] as const
    for (const change of changes) {
      await fixture.change(change)
      for (const { login } of guests)
        await expect(login.share(), JSON.stringify(change)).rejects.toMatchObject({
          code: 'login',
          message: expect.not.stringContaining('anna'),
        })
      for (const secret of [folder, upload]) expect(await refusalOf(open(secret))).toBe('not_found')
    }
    await fixture.change({ home, permissions: ['read'] })
    expect((await shareOf(folder)).account.permissions).toEqual(['read'])
    expect(await refusalOf(open(upload))).toBe('not_found')
    // A new password ends no link, and a larger home shares nothing else.
    await fixture.setPassword('another one')
    await fixture.change({ home: parsePath('') })
    expect(await namesIn(await shareOf(folder))).toEqual(['deep', 'deep/three.txt', 'one.txt', 'two.txt'])
    await fixture.state.accounts.remove('anna')
    await fixture.state.accounts.add(accountRecord('anna'))
    expect(await refusalOf(open(folder))).toBe('not_found')
  })

  it('is removed by its owner, or by the operator, and by nobody else', async () => {
    const { links } = fixture.state
    const secrets = [await add('folder', 'pics'), await add('folder', 'picsy')]
    const listed = await links.list('anna')
    const [first, second] = ['pics', 'picsy'].map(
      (name) => listed.find(({ path }) => path.at(-1) === name)?.id ?? '',
    )
    const { login } = await open(secrets[0] ?? '')
    expect(await refusalOf(links.remove(first ?? '', 'otto'))).toBe('not_found')
    await links.remove(first ?? '', 'anna')
    expect(await refusalOf(login.share())).toBe('login')
    expect((await links.remove(second ?? '')).account).toBe('anna')
    for (const secret of secrets) expect(await refusalOf(open(secret))).toBe('not_found')
  })

  it('shares what has the path now', async () => {
    const secret = await add('folder', 'pics')
    fs.renameSync(nodePath.join(fixture.root, 'home/pics'), nodePath.join(fixture.root, 'home/old'))
    expect(await refusalOf(namesIn(await shareOf(secret)))).toBe('not_found')
    fs.mkdirSync(nodePath.join(fixture.root, 'home/pics'))
    expect(await namesIn(await shareOf(secret))).toEqual([])
  })
})

describe('making links and tokens', () => {
  const folder = parsePath('pics')

  it('is for logins with the password alone, so that no token and no link outlives itself', async () => {
    const token = await fixture.state.tokens.add({
      account: 'anna',
      name: 't',
      permissions: undefined,
      expires: undefined,
    })
    const owner = await (await fixture.enter()).share()
    const others = [await (await fixture.enter(token)).share(), await shareOf(await add('folder', 'pics'))]
    const { id } = (await addLink(owner, folder, { access: 'read' })).link
    for (const share of others) {
      const refused = [
        addLink(share, folder, { access: 'read' }),
        removeLink(share, id),
        addToken(share, { name: 'another' }),
        removeToken(share, 't'),
        (async () => ownLinks(share))(),
        (async () => ownTokens(share))(),
      ]
      for (const attempt of refused) expect(await refusalOf(attempt)).toBe('forbidden')
    }
    expect(await ownLinks(owner)).toHaveLength(2)
    expect(await ownTokens(owner)).toMatchObject([{ name: 't' }])
  })

  it('is refused if nobody could open the link', async () => {
    const share = await (await fixture.enter()).share()
    const withoutWeb = { ...share, credentials: { ...share.credentials, hasWeb: false } }
    expect(await refusalOf(addLink(withoutWeb, folder, { access: 'read' }))).toBe('forbidden')
    const without = { ...share, account: { ...share.account, doors: ['ftx'] } } as const
    expect(await refusalOf(addLink(without, folder, { access: 'read' }))).toBe('forbidden')
    await addLink(share, folder, { access: 'read' })
  })

  it('is recorded, whether it succeeds or not, without a secret', async () => {
    const share = await (await fixture.enter()).share()
    const { secret, link } = await addLink(share, folder, { access: 'upload' })
    await removeLink(share, link.id)
    expect(await refusalOf(removeLink(share, link.id))).toBe('not_found')
    await addToken(share, { name: 'phone' })
    await removeToken(share, 'phone')
    expect(fixture.events.slice(1)).toMatchObject([
      { action: 'share-add', path: 'pics', detail: 'upload', outcome: 'ok', door: 'web' },
      { action: 'share-remove', path: 'pics', detail: link.id, outcome: 'ok' },
      { action: 'share-remove', outcome: 'not_found' },
      { action: 'token-add', detail: 'phone', outcome: 'ok' },
      { action: 'token-remove', detail: 'phone', outcome: 'ok' },
    ])
    expect(JSON.stringify(fixture.events)).not.toContain(secret.slice(5))
  })
})

describe('the password of a link', () => {
  it('is asked for before anything is told, and shown once in a visit', async () => {
    const secret = await add('folder', 'pics', { verifier: await testVerifier('open sesame') })
    expect(await refusalOf(open(secret))).toBe('login')
    expect(fixture.events).toEqual([])
    expect(await refusalOf(open(secret, { password: 'wrong one' }))).toBe('wrong')
    expect(fixture.events).toMatchObject([
      { account: 'anna', action: 'login', outcome: 'refused', credential: expect.stringMatching(/^link /) },
    ])
    const visit = await (await open(secret, { password: 'open sesame' })).admit()
    expect(visit).toMatch(/^ftpv_/)
    expect(fixture.derived).toEqual(['wrong one', 'open sesame'])
    await (await open(secret, { visit })).login.share()
    expect(fixture.derived).toHaveLength(2)
    // A cookie is good for its own link only.
    const other = await add('folder', 'picsy', { verifier: await testVerifier('another word') })
    expect(await refusalOf(open(other, { visit }))).toBe('login')
    expect(await refusalOf(open(other, { password: 'open sesame' }))).toBe('wrong')
  })
})

describe('the uses of a link', () => {
  it('are counted once for each visit, and the visit goes on when the link is used up', async () => {
    const secret = await add('folder', 'pics', { mostUses: 2 })
    const first = await (await open(secret)).use()
    expect(await (await open(secret, { visit: first })).use()).toBe(first)
    const second = await open(secret)
    const late = await open(secret)
    await second.use()
    expect(await refusalOf(late.use())).toBe('not_found')
    expect(await refusalOf(open(secret))).toBe('not_found')
    expect(await refusalOf(open(secret, { visit: 'ftpv_unknown' }))).toBe('not_found')
    await (await open(secret, { visit: first })).login.share()
    expect(await fixture.state.links.list('anna')).toMatchObject([
      { uses: 2, mostUses: 2, used: expect.any(Number) },
    ])
    expect(fixture.events.filter(({ action }) => action === 'login')).toHaveLength(2)
  })

  it('are not counted by looking, nor by showing the password', async () => {
    const secret = await add('folder', 'pics', { mostUses: 1, verifier: await testVerifier('open sesame') })
    const visits = await Promise.all(
      [1, 2].map(async () => (await open(secret, { password: 'open sesame' })).admit()),
    )
    const [one, two] = visits.map((visit) => open(secret, { visit }))
    const [visit] = visits
    expect(await (await one)?.use()).toBe(visit)
    expect(await refusalOf((async () => (await two)?.use())())).toBe('not_found')
    expect(await (await open(secret, { visit })).use()).toBe(visit)
    expect(await refusalOf(open(secret, { visit: visits[1] }))).toBe('not_found')
  })

  it('are exact if threads and processes use the link at the same moment', async () => {
    const most = 50
    const secret = await add('file', 'pics/one.txt', { mostUses: most })
    const { links } = fixture.state
    const shown = await links.find(await add('folder', 'pics'))
    const visits = await Promise.all(Array.from({ length: 200 }, () => shown && links.admit(shown)))
    const [opening, state] = ['database.ts', 'state.ts'].map((file) =>
      JSON.stringify(pathToFileURL(nodePath.resolve(import.meta.dirname, '../databases/sqlite', file)).href),
    )
    const script = `
      const { openDatabase } = await import(${opening})
      const { sqliteState } = await import(${state})
      const { links } = sqliteState(openDatabase(${JSON.stringify(fixture.folder.at('state.db'))}))
      const link = await links.find(${JSON.stringify(secret)})
      process.stdout.write('r')
      await new Promise((resolve) => process.stdin.once('data', resolve))
      const shown = (await links.list('anna')).find(({ kind }) => kind === 'folder')
      for (const visit of ${JSON.stringify(visits)}) await links.use(shown, visit)
      let uses = 0
      for (let times = 0; times < 40; times++) if ((await links.use(link)) !== undefined) uses++
      process.stdout.write(String(uses))
      process.exit(0)`
    const processes = Array.from({ length: 3 }, () => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script])
      const out = text(child.stdout)
      child.stderr.pipe(process.stderr)
      return { child, out }
    })
    await Promise.all(processes.map(async ({ child }) => await once(child.stdout, 'readable')))
    for (const { child } of processes) child.stdin.write('go\n')
    const counts = await Promise.all(processes.map(async ({ out }) => Number((await out).slice(1))))
    expect(counts.reduce((sum, count) => sum + count)).toBe(most)
    // All of them have made the same visits to the folder.
    expect((await links.list('anna')).map(({ kind, uses }) => [kind, uses])).toEqual(
      expect.arrayContaining([
        ['file', most],
        ['folder', visits.length],
      ]),
    )
    expect(await links.find(secret)).toBeDefined()
  })
})
