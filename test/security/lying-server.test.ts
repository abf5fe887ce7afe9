import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runClient } from '../support/client-process.ts'
import { within } from '../support/deadline.ts'
import { type Lie, LyingServer } from '../support/lying-server.ts'
import type { Result } from '../support/program.ts'
import { TempDir } from '../support/temp-dir.ts'

/** What a hostile server may do to a client: nothing, but fail to serve it. */
const BLOCK = 1_048_576
const START = '0123456789abcdeffedcba9876543210'
const ESCAPES = '\x1b]0;owned\x07\x1b[2J\u202egpj.exe\u009b31m'
const HARMFUL = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/

let folder: TempDir
let home: string
beforeEach(() => {
  folder = new TempDir()
  home = folder.folder('home')
  fs.writeFileSync(folder.at('outside'), 'mine')
})
afterEach(() => {
  expect(fs.readFileSync(folder.at('outside'), 'utf8')).toBe('mine')
  expect(fs.readdirSync(folder.path).filter((name) => !['home', 'outside', 'config'].includes(name))).toEqual(
    [],
  )
  folder[Symbol.dispose]()
})

/** Runs a command against such a server. Nothing it prints may move a terminal. */
async function suffer(lie: Lie, args: readonly string[], global: readonly string[] = []): Promise<Result> {
  await using server = await LyingServer.start(lie)
  const options = { port: server.port, config: folder.at('config'), cwd: home }
  const flags = ['--retry-for', '1s', '--timeout', '2s', ...global]
  const result = await within(20_000, 'the end', runClient(args, { ...options, global: flags }))
  expect(result.stdout.toString()).not.toMatch(HARMFUL)
  expect(result.stderr).not.toMatch(HARMFUL)
  expect(result.stderr).not.toMatch(/\n {4}at /)
  return result
}

function entry(name: string, type = 'file', size = 5): object {
  return { name, type, size, mtime: 1_700_000_000_000_000, mode: 0o644 }
}

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex')
}

/** A file that is sent in one frame. */
function file(bytes: Uint8Array, changes: object = {}): object {
  const fixed = { version: 'v', offset: 0, chain: START, length: bytes.length, md5: md5(bytes), last: true }
  return { type: 'file', entry: entry('f', 'file', bytes.length), ...fixed, ...changes }
}

const HELLO = Buffer.from('hello')

it('an honest server of this kind is served from', { timeout: 30_000 }, async () => {
  const honest: Lie = ({ type }, say) => {
    if (type === 'stat') return say({ type: 'entry', entry: entry('f'), version: 'v' })
    if (type === 'list') return say({ type: 'entries', entries: [entry('f')], last: true })
    say(file(HELLO), HELLO)
  }
  expect(await suffer(honest, ['get', 'f'])).toMatchObject({ code: 0 })
  expect(fs.readFileSync(path.join(home, 'f'), 'utf8')).toBe('hello')
  expect(await suffer(honest, ['ls'])).toMatchObject({ code: 0 })
})

describe('names', () => {
  it.each([
    '../outside',
    '..',
    '.',
    '',
    '/etc/passwd',
    'a/../../outside',
    'a//b',
    './x',
    '../home/../outside',
    'C:\\windows\\x',
    '..\\outside',
    'nul\0x',
    ESCAPES,
    'x'.repeat(256),
    `${'d/'.repeat(100)}x`,
  ])('%j in a listing writes nothing outside the folder', { timeout: 30_000 }, async (name) => {
    const lie: Lie = ({ type }, say) => {
      if (type === 'stat') return say({ type: 'entry', entry: entry('tree', 'directory', 0), version: 'v' })
      if (type === 'list') return say({ type: 'entries', entries: [entry('ok'), entry(name)], last: true })
      if (type === 'get') return say(file(HELLO), HELLO)
      say({ type: 'error', code: 'unsupported', message: 'no' })
    }
    const { code } = await suffer(lie, ['get', '-r', 'tree'])
    if (!['..\\outside', 'C:\\windows\\x'].includes(name)) expect(code).not.toBe(0)
    await suffer(lie, ['ls', 'tree'])
  })

  it('in a stat are not where a get writes to', { timeout: 30_000 }, async () => {
    await suffer(
      ({ type }, say) => {
        if (type === 'stat') return say({ type: 'entry', entry: entry('../outside'), version: 'v' })
        say(file(HELLO, { entry: entry('../outside') }), HELLO)
      },
      ['get', 'f'],
    )
    expect(fs.readdirSync(home).filter((name) => name !== 'f')).toEqual([])
  })
})

describe('text for people', () => {
  it('moves no terminal, wherever it stands', { timeout: 30_000 }, async () => {
    const failing: Lie = (_, say) => say({ type: 'error', code: 'forbidden', message: ESCAPES })
    for (const args of [['get', 'f'], ['ls'], ['stat', 'f'], ['rm', 'f'], ['md5', 'f']])
      expect((await suffer(failing, args)).code).toBe(4)
    const listing: Lie = (_, say) => say({ type: 'entries', entries: [entry(ESCAPES)], last: true })
    await suffer(listing, ['ls'])
    await suffer(listing, ['ls'], ['--json'])
  })
})

describe('sizes, digests and offsets', () => {
  const lies: readonly [string, object, Uint8Array, number][] = [
    ['a wrong digest', file(HELLO, { md5: md5(Buffer.from('other')) }), HELLO, 7],
    ['a size that is not what comes', file(HELLO, { entry: entry('f', 'file', 6) }), HELLO, 1],
    ['more than it told', file(HELLO, { length: 4 }), HELLO, 0],
    ['less than it told', file(HELLO, { length: 6, entry: entry('f', 'file', 6) }), HELLO, 1],
    ['a part that was not asked for', file(HELLO, { offset: BLOCK }), HELLO, 5],
    ['another chain', file(HELLO, { chain: 'f'.repeat(32) }), HELLO, 5],
    [
      'a size beyond all disks',
      file(HELLO, { length: 2 ** 53, entry: entry('f', 'file', 2 ** 53) }),
      HELLO,
      1,
    ],
    ['a negative size', file(HELLO, { length: -1 }), HELLO, 1],
    ['a directory', file(HELLO, { entry: entry('f', 'directory') }), HELLO, 0],
    ['a mode that sets the user id', file(HELLO, { entry: { ...entry('f'), mode: 0o4755 } }), HELLO, 1],
  ]
  it.each(lies)('%s makes no wrong file', { timeout: 30_000 }, async (_, reply, bytes, expected) => {
    const lie: Lie = ({ type }, say) => {
      if (type === 'stat') return say({ type: 'entry', entry: entry('f'), version: 'v' })
      if (type === 'get') say(reply, bytes)
      else say({ type: 'error', code: 'unsupported', message: 'no' })
    }
    const { code } = await suffer(lie, ['get', 'f'])
    expect(code).toBe(expected)
    // A lie about what has its right digest all the same does no harm.
    const made = fs.existsSync(path.join(home, 'f')) && fs.readFileSync(path.join(home, 'f'), 'utf8')
    expect(made).toBe(code === 0 && 'hello')
  })

  it('data without end is not taken beyond what was told', { timeout: 30_000 }, async () => {
    const block = Buffer.alloc(BLOCK, 'x')
    const { code } = await suffer(
      ({ type }, say) => {
        if (type === 'stat') return say({ type: 'entry', entry: entry('f', 'file', 3 * BLOCK), version: 'v' })
        if (type !== 'get') return
        const size = 3 * BLOCK
        say({
          type: 'file',
          entry: entry('f', 'file', size),
          version: 'v',
          offset: 0,
          chain: START,
          length: size,
        })
        for (let at = 0; at < 20; at++) say({ type: 'data', offset: at * BLOCK, md5: START }, block)
      },
      ['get', 'f'],
    )
    expect(code).not.toBe(0)
    expect(fs.existsSync(path.join(home, 'f'))).toBe(false)
    for (const name of fs.readdirSync(home))
      expect(fs.statSync(path.join(home, name)).size).toBeLessThanOrEqual(3 * BLOCK)
  })

  it('a chain without end is not taken', { timeout: 30_000 }, async () => {
    const values = Buffer.alloc(BLOCK)
    const lie: Lie = async ({ type }, say) => {
      if (type !== 'digest') return say({ type: 'error', code: 'unsupported', message: 'no' })
      for (let sent = 0; sent < 50; sent++) say({ type: 'chain', offset: sent * 65_536 * BLOCK }, values)
    }
    fs.writeFileSync(path.join(home, 'f'), 'other')
    expect((await suffer(lie, ['verify', 'f'])).code).not.toBe(0)
  })

  it('stored is believed only of what was sent', { timeout: 30_000 }, async () => {
    fs.writeFileSync(path.join(home, 'f'), HELLO)
    const { code } = await suffer(
      ({ type }, say) => {
        const other = { ...entry('f', 'file', 999), md5: md5(Buffer.from('other')) }
        if (type === 'put') say({ type: 'stored', entry: other })
        else say({ type: 'error', code: 'not_found', message: 'no' })
      },
      ['put', 'f'],
    )
    expect(code).not.toBe(0)
  })
})

describe('answers', () => {
  const nonsense: readonly [string, (...lie: Parameters<Lie>) => unknown][] = [
    ['of another request', ({ id }, say) => say({ id: id + 7, type: 'done' })],
    ['of a type that nobody knows', (_, say) => say({ type: 'surprise' })],
    ['of the wrong type', (_, say) => say({ type: 'usage', bytes: 1, files: 1, directories: 1 })],
    ['to nothing, twice', (_, say) => [say({ type: 'done' }), say({ type: 'done' })]],
    ['with a payload where none belongs', (_, say) => say({ type: 'done' }, Buffer.alloc(1_000))],
    ['with a code that nobody knows', (_, say) => say({ type: 'error', code: 'evil', message: 'x' })],
  ]
  it.each(nonsense)('%s end the command with an error', { timeout: 30_000 }, async (_, lie) => {
    for (const args of [['get', 'f'], ['ls'], ['stat', 'f']]) {
      const { code, stderr } = await suffer((...given) => void lie(...given), args)
      expect(code).not.toBe(0)
      expect(stderr).not.toBe('')
    }
    expect(fs.readdirSync(home)).toEqual([])
  })
})
