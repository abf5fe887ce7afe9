import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { content, md5Of } from '../support/chain.ts'
import { FakeServer, replies } from '../support/fake-server.ts'
import { randomBytes, randomNumbers, setMtime, treeOf, writeTree } from '../support/files.ts'
import { Program, type ProgramEvent, type Result } from '../support/program.ts'
import { TempDir } from '../support/temp-dir.ts'
import { Terminal } from '../support/terminal.ts'
import { Wine, type WineResult } from '../support/wine.ts'

const [CLIENT, SERVER] = ['apps/client/src/main.ts', 'apps/server/src/main.ts']
const PASSWORD = 'pw-12345678'
/** Larger than what travels with a request, and no whole number of blocks. */
const BIG = randomBytes(5_000_000, 1)

let wine: Wine
/** A server under Wine, which serves `C:\srv`, and one of this machine. */
let windows: number
let linux: Program
let linuxPort: number
let here: TempDir
beforeAll(async () => {
  here = new TempDir()
  wine = await Wine.start()
  windows = await wine.serve(['--anonymous', 'write', '--no-announce'])
  const args = ['--port', '0', '--host', '127.0.0.1', '--anonymous', 'write', '--names', 'any', '--json']
  linux = new Program(SERVER, [here.folder('root'), ...args, '--log-level', 'error'], {})
  linuxPort = Number((await linux.event('listening'))['port'])
})
afterAll(async () => {
  await wine?.[Symbol.asyncDispose]()
  await linux?.[Symbol.asyncDispose]()
  here[Symbol.dispose]()
})

/** Runs the client under Wine, in a folder of `C:\work`. */
async function wineClient(port: number, ...args: string[]): Promise<WineResult> {
  return await wine.client(['--server', `127.0.0.1:${port}`, '--json', ...args])
}

/** Runs the client of this machine, in a folder of its own. */
async function linuxClient(port: number, ...args: string[]): Promise<Result> {
  const fixed = ['--server', `127.0.0.1:${port}`, '--config', here.at('config'), '--json']
  await using program = new Program(CLIENT, [...fixed, ...args], { cwd: here.folder('home') })
  program.stdin.end()
  return await program.result()
}

const atHome = (...names: string[]): string => path.join(here.folder('home'), ...names)

/** What a sync did, other than find that everything is as it should be. */
function changes(events: readonly ProgramEvent[]): unknown[] {
  return events
    .filter(({ event }) => ['change', 'error'].includes(event))
    .map(({ change, path: name }) => [change, name])
}

/** A tree with files of many sizes and of times that no rounding leaves as they are. */
function writeManyTimes(folder: string): void {
  const random = randomNumbers(7)
  const names = Array.from({ length: 40 }, (_, index) => `d${index % 4}/file ${index}.txt`)
  writeTree(folder, Object.fromEntries(names.map((name, index) => [name, 'x'.repeat(index * 100)])))
  for (const name of names)
    setMtime(path.join(folder, name), Math.floor(1_000_000_000_000_000 + random() * 8e14))
}

/** The contents below a folder: a time may lose a microsecond on its way through Windows. */
function contentsOf(folder: string): Record<string, string> {
  const withoutTimes = Object.entries(treeOf(folder)).map(([name, text]) => [
    name,
    text.replace(/, mode .*/, ''),
  ])
  return Object.fromEntries(withoutTimes)
}

/** Every client with every server, except that of this machine with itself. */
const PAIRS = [
  ['a client under Wine', 'a server under Wine', wineClient, () => windows, () => wine.at('srv')],
  ['a client under Wine', 'a server on Linux', wineClient, () => linuxPort, () => here.folder('root')],
  ['a client on Linux', 'a server under Wine', linuxClient, () => windows, () => wine.at('srv')],
] as const

describe.each(PAIRS)('%s and %s', (_client, _server, client, port, root) => {
  const folder = (): string => (client === wineClient ? wine.at('work') : here.folder('home'))
  const name = `pair-${PAIRS.findIndex((pair) => pair[2] === client && pair[3] === port)}`
  const local = (...names: string[]): string => path.join(folder(), ...names)
  const run = async (...args: string[]) => {
    const result = await client(port(), ...args)
    expect(result.code, `${args.join(' ')}: ${result.stderr}${result.stdout}`).toBe(0)
    return result
  }

  it('put and get a large file and a tree', async () => {
    fs.writeFileSync(local(`${name}.bin`), BIG)
    await run('put', `${name}.bin`)
    expect(fs.readFileSync(path.join(root(), `${name}.bin`)).equals(BIG)).toBe(true)
    await run('get', `${name}.bin`, '-o', 'back.bin')
    expect(fs.readFileSync(local('back.bin')).equals(BIG)).toBe(true)
    expect(fs.readdirSync(folder()).filter((each) => each.includes('.ftp.'))).toEqual([])
    writeManyTimes(local(name))
    await run('put', '-r', name)
    await run('get', '-r', name, '-o', `back-${name}`)
    expect(contentsOf(local(`back-${name}`))).toEqual(contentsOf(local(name)))
    await run('verify', `${name}.bin`)
    await run('mv', `${name}.bin`, `moved-${name}`)
    await run('rm', `moved-${name}`)
  })

  it('sync comes to a standstill in both directions', async () => {
    writeManyTimes(local(`out-${name}`))
    const store = ['sync', `out-${name}`, `:sync-${name}`, '--delete']
    expect(changes((await run(...store)).events)).not.toEqual([])
    expect(changes((await run(...store)).events)).toEqual([])
    const fetch = ['sync', `:sync-${name}`, `in-${name}`, '--delete']
    expect(changes((await run(...fetch)).events)).not.toEqual([])
    expect(changes((await run(...fetch)).events)).toEqual([])
    expect(contentsOf(local(`in-${name}`))).toEqual(contentsOf(local(`out-${name}`)))
    for (const side of [local(`in-${name}`), path.join(root(), `sync-${name}`)])
      expect(fs.statSync(path.join(side, 'd0')).mode & 0o755).toBe(0o755)
  })
})

it('a client under Wine takes drives, backslashes and patterns as Windows users write them', async () => {
  writeTree(wine.at('work/pics'), { 'a.jpg': 'a', 'b.jpg': 'b', 'c.txt': 'c' })
  for (const args of [
    ['put', 'pics\\*.jpg', '--to', 'pics/'],
    ['sync', 'C:\\work\\pics', ':synced'],
    ['get', 'pics/a.jpg', '-o', 'new\\'],
  ]) {
    const { code, stderr, stdout } = await wineClient(windows, ...args)
    expect(code, stderr + stdout).toBe(0)
  }
  expect(Object.keys(treeOf(wine.at('srv/pics')))).toEqual(['a.jpg', 'b.jpg'])
  expect(Object.keys(treeOf(wine.at('srv/synced')))).toEqual(['a.jpg', 'b.jpg', 'c.txt'])
  expect(fs.readFileSync(wine.at('work/new/a.jpg'), 'utf8')).toBe('a')
})

it('a file that another program has open keeps its content, and is replaced once it is closed', async () => {
  const file = wine.at('srv/held.txt')
  fs.writeFileSync(file, 'old')
  fs.writeFileSync(wine.at('work/held.txt'), 'new')
  const look = 'setInterval(() => fs.existsSync("released") && process.exit(), 20)'
  const held = wine.script(`fs.openSync("C:/srv/held.txt"); fs.writeFileSync("held", ""); ${look}`)
  await expect.poll(() => fs.existsSync(wine.at('work/held'))).toBe(true)
  const refused = await wineClient(windows, '--retry-for', '1s', 'put', 'held.txt')
  expect([refused.code, fs.readFileSync(file, 'utf8')]).toEqual([4, 'old'])
  expect(refused.stdout).toContain('another program on the server is using it')
  fs.writeFileSync(wine.at('work/released'), '')
  await held
  expect((await wineClient(windows, 'put', 'held.txt')).code).toBe(0)
  expect(fs.readFileSync(file, 'utf8')).toBe('new')
})

it('a person logs in at the terminal of a client under Wine, and stays logged in', async () => {
  const added = await wine.server(['user', 'add', 'anna', '--home', '/', '--password-stdin'], `${PASSWORD}\n`)
  expect(added.code, added.stderr).toBe(0)
  const size = { cwd: wine.at('work'), columns: 100, rows: 30, env: wine.env }
  await using terminal = await Terminal.run(
    wine.command('client', ['login', `anna@127.0.0.1:${windows}`]),
    size,
  )
  await terminal.shows(/password/i)
  await terminal.type(PASSWORD, 'Enter')
  await terminal.shows(/Logged in/)
  await terminal.ended()
  const { stdout, stderr } = await wine.client(['whoami'])
  expect(stdout + stderr).toContain('anna')
  expect(fs.readdirSync(wine.at('users')).length).toBeGreaterThan(0)
  expect((await wine.client(['logout'])).code).toBe(0)
})

describe('names of a hostile server', () => {
  const names = [
    '..\\..\\evil.txt',
    'C:\\evil.txt',
    'C:evil',
    'fine.txt:evil',
    'CON',
    'evil.',
    'evil ',
    'EVIL~1',
    '..',
  ]
  const file = content(5)
  const md5 = md5Of(file)
  const entryOf = (name: string, type = 'file'): object => ({
    name,
    type,
    size: type === 'file' ? file.length : 0,
    mtime: 0,
  })
  const answer = replies(({ type, path: asked, paths }) => {
    const range = {
      version: 'v',
      offset: 0,
      length: file.length,
      chain: '0123456789abcdeffedcba9876543210',
      md5,
      last: true,
    }
    if (type === 'stat')
      return [{ header: { type: 'entry', entry: entryOf('d', 'directory'), version: 'v' } }]
    if (type === 'list') {
      const entries = asked === 'd' ? [...names, 'fine.txt'].map((name) => entryOf(name)) : []
      return [
        { header: { type: 'entries', entries: [...entries, entryOf('..\\dir', 'directory')], last: true } },
      ]
    }
    if (type === 'get') return [{ header: { type: 'file', entry: entryOf('x'), ...range }, payload: file }]
    const files = Array.isArray(paths) ? paths.map(() => ({ ...entryOf('x'), md5 })) : []
    return [{ header: { type: 'files', files, last: true }, payload: Buffer.concat(files.map(() => file)) }]
  })

  it.each([
    ['get', ['get', '-r', 'd', '-o', 'C:\\hostile\\in\\got']],
    ['sync', ['sync', ':d', 'C:\\hostile\\in\\synced', '--delete']],
  ])('%s stores what has a good name, and nothing else', async (_, args) => {
    await using server = await FakeServer.start(answer)
    fs.mkdirSync(wine.at('hostile/in'), { recursive: true })
    const before = fs.readdirSync(wine.drive)
    const { code, events, stderr } = await wineClient(server.port, '--plaintext', ...args)
    expect(code, stderr).not.toBe(0)
    const stored = path.basename(args.at(-1) === '--delete' ? 'synced' : 'got')
    expect(fs.readdirSync(wine.at('hostile/in', stored))).toEqual(['fine.txt'])
    expect(fs.readdirSync(wine.at('hostile'))).toEqual(['in'])
    expect(fs.readdirSync(wine.drive)).toEqual(before)
    const failures = events.filter(({ event }) => event === 'error' || event === 'failed')
    expect(failures.length).toBeGreaterThanOrEqual(names.length)
  })
})

describe('names that Windows takes for the same', () => {
  it('become one file here, and the other one is an error', async () => {
    writeTree(path.join(here.folder('root'), 'two'), { 'Same.txt': 'one', 'same.txt': 'two', other: 'x' })
    const { code } = await wineClient(linuxPort, 'get', '-r', 'two')
    expect(code).toBe(5)
    const got = treeOf(wine.at('work/two'))
    expect(
      Object.keys(got)
        .map((name) => name.toLowerCase())
        .sort(),
    ).toEqual(['other', 'same.txt'])
    writeTree(atHome('two'), { 'Same.txt': 'one', 'same.txt': 'two', other: 'x' })
    expect((await linuxClient(windows, 'put', '-r', 'two')).code).toBe(5)
    expect(
      fs
        .readdirSync(wine.at('srv/two'))
        .map((name) => name.toLowerCase())
        .sort(),
    ).toEqual(['other', 'same.txt'])
  })

  it.each([
    [
      'here',
      wineClient,
      () => linuxPort,
      () => path.join(here.folder('root'), 'case'),
      () => wine.at('work/case'),
      [':case', 'case'],
    ],
    ['there', linuxClient, () => windows, () => atHome('case'), () => wine.at('srv/case'), ['case', ':case']],
  ] as const)('a new spelling of a name loses no file %s', async (_, client, port, source, target, sides) => {
    writeTree(source(), { 'old.txt': 'content', 'dir/x': 'x' })
    expect((await client(port(), 'sync', ...sides, '--delete')).code).toBe(0)
    fs.renameSync(path.join(source(), 'old.txt'), path.join(source(), 'OLD.txt'))
    fs.renameSync(path.join(source(), 'dir'), path.join(source(), 'DIR'))
    for (const _run of ['first', 'second']) {
      const { code, stderr, stdout } = await client(port(), 'sync', ...sides, '--delete')
      expect(code, String(stderr) + String(stdout)).toBe(0)
      expect(contentsOf(target())).toEqual(contentsOf(source()))
    }
  })

  it('and a short alias opens nothing', async () => {
    const alias = await wine.script(
      "const fs=require('fs');console.log(['_FTP~XGV','FTP-SE~1'].find((n)=>fs.existsSync('C:\\\\srv\\\\'+n)))",
    )
    expect(alias).toMatch(/~/)
    const got = await linuxClient(windows, 'get', `${alias}/identity.pem`)
    expect(got.code).not.toBe(0)
    expect(fs.existsSync(atHome('identity.pem'))).toBe(false)
    writeTree(atHome(), { planted: 'x' })
    expect((await linuxClient(windows, 'put', 'planted', '--to', `${alias}/planted`)).code).not.toBe(0)
    expect(fs.readdirSync(wine.at('srv/.ftp-server'))).not.toContain('planted')
  })
})
