import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { content, md5Of } from '../support/chain.ts'
import { runClient } from '../support/client-process.ts'
import { type Asked, type FakeReply, FakeServer, replies } from '../support/fake-server.ts'
import { runHere } from '../support/in-process-client.ts'
import { TempDir } from '../support/temp-dir.ts'

/** T30, T31: whatever a server answers, the client writes nothing outside its folder, and nothing but text to a terminal. */
const FILE = content(5)
const VERSION = 'v'
const UNPRINTABLE = /[^\P{C}\n\u200d]|[\u2028\u2029]/u

function entry(name: string, type = 'file'): object {
  return { name, type, size: type === 'file' ? FILE.length : 0, mtime: 0, mode: 0o644 }
}

/** A server whose folder `d` has these entries, and whose every file has the same content. */
function listing(entries: readonly object[], fileName = 'x'): (asked: Asked) => FakeReply[] {
  return ({ type, path: asked, paths }) => {
    if (type === 'stat')
      return [{ header: { type: 'entry', entry: entry('d', 'directory'), version: VERSION } }]
    if (type === 'list') {
      const listed = asked === 'd' || asked === '' ? entries : []
      return [{ header: { type: 'entries', entries: listed, last: true } }]
    }
    const md5 = md5Of(FILE)
    const range = { offset: 0, length: FILE.length, chain: '0123456789abcdeffedcba9876543210' }
    if (type === 'get')
      return [
        {
          header: { type: 'file', entry: entry(fileName), version: VERSION, ...range, md5, last: true },
          payload: FILE,
        },
      ]
    if (type === 'mget' && Array.isArray(paths)) {
      const files = paths.map(() => ({ ...entry(fileName), md5 }))
      return [{ header: { type: 'files', files, last: true }, payload: Buffer.concat(paths.map(() => FILE)) }]
    }
    return [{ header: { type: 'error', code: 'unsupported', message: 'no' } }]
  }
}

const NAMES = [
  '..',
  '../evil',
  '../../evil',
  'a/../../evil',
  '/tmp/ftx-evil',
  './evil',
  'a//evil',
  '',
  '.',
  'evil\u0000',
  'evil\n',
  'evil\u001b[2J',
  'evil\u009b31m',
  'evil\u202e',
  'evil\u2028',
  'x'.repeat(256),
]

describe('a server that lists', () => {
  it.each(NAMES)('%j writes nothing outside, and nothing to the terminal', async (name) => {
    using folder = new TempDir()
    const target = `${folder.folder('home/inner')}/`
    for (const type of ['file', 'directory', 'symlink']) {
      await using server = await FakeServer.start(replies(listing([entry('good'), entry(name, type)], name)))
      for (const global of [[], ['--json']]) {
        const options = { port: server.port, config: folder.at('config'), global }
        for (const command of [
          ['get', '-r', 'd', '-o', target],
          ['ls', 'd'],
          ['ls', '-r', 'd'],
          ['du', 'd'],
        ])
          expect((await runHere(command, options)).text).not.toMatch(UNPRINTABLE)
      }
    }
    const written = fs.readdirSync(folder.path, { recursive: true, encoding: 'utf8' }).sort()
    const allowed = /^(config|home$|home\/inner($|\/d($|\/good$)))/
    expect(written.filter((one) => !allowed.test(one))).toEqual([])
    expect(written).toContain('home/inner/d/good')
    expect(fs.existsSync('/tmp/ftx-evil')).toBe(false)
  })
})

it('a server that gives a file another name decides nothing: the file has the name that was asked for', async () => {
  using folder = new TempDir()
  const cwd = folder.folder('home')
  await using server = await FakeServer.start(replies(listing([], '../../evil')))
  const stat = (asked: Asked): FakeReply[] =>
    asked.type === 'stat'
      ? [{ header: { type: 'entry', entry: entry('../../evil'), version: VERSION } }]
      : listing([], '../../evil')(asked)
  await using lying = await FakeServer.start(replies(stat))
  for (const { port } of [server, lying])
    await runClient(['get', 'asked.txt'], { port, config: folder.at('config'), cwd, global: [] })
  const written = fs.readdirSync(folder.path, { recursive: true, encoding: 'utf8' })
  expect(written.filter((one) => one.includes('evil'))).toEqual([])
  for (const name of fs.readdirSync(cwd)) expect(name).toMatch(/^asked\.txt/)
})

it.each(['\u001b[2Jgone', 'two\nlines', '\u009b31m', '\u202ebackwards', '\u2028', 'x'.repeat(60_000)])(
  'a server whose errors say %j steers no terminal',
  async (message) => {
    using folder = new TempDir()
    const error = { type: 'error', code: 'forbidden', message }
    await using server = await FakeServer.start((_, say) => say(error))
    const options = { port: server.port, config: folder.at('config') }
    // What it says of one of several files, too.
    await using telling = await FakeServer.start((asked, say) =>
      asked.type === 'mget'
        ? say({ type: 'files', files: [error], last: true })
        : replies(listing([entry('x')]))(asked, say),
    )
    const fetching = { command: ['get', '-r', 'd', '-o', folder.at('d')], port: telling.port }
    for (const { command, port } of [{ command: ['ls'], port: server.port }, fetching])
      for (const global of [[], ['--json']]) {
        const { code, text } = await runHere(command, { ...options, port, global })
        expect(code).toBe(4)
        expect(text).not.toMatch(UNPRINTABLE)
      }
  },
)

it('a server that answers something else than was asked for is no reason to hang or to crash', async () => {
  using folder = new TempDir()
  const answers: object[] = [
    { type: 'done' },
    { type: 'entries', entries: [], last: true },
    { type: 'entry', entry: { name: 'x' } },
    { type: 'file', entry: entry('x'), version: VERSION, offset: 5, length: -1, chain: 'zz' },
    {
      type: 'file',
      entry: entry('x'),
      version: VERSION,
      offset: 0,
      length: 2 ** 53 - 1,
      chain: '0'.repeat(32),
    },
    { type: 'welcome' },
    { type: '__proto__' },
    { type: 'progress', done: -1, total: 'x' },
    { type: 'data', offset: 0, md5: '0'.repeat(32), last: true },
    { type: 'digest', version: VERSION, length: 10 },
  ]
  for (const header of answers) {
    await using server = await FakeServer.start((_, say) => say(header))
    const global = ['--timeout', '200ms', '--retry-for', '200ms']
    const options = { port: server.port, config: folder.at('config'), global }
    for (const command of [['get', 'x', '-o', folder.at('x')], ['ls']]) {
      const { code, text } = await runHere(command, options)
      if (command[0] === 'ls' && JSON.stringify(header).includes('"entries":[]')) continue
      expect(code, JSON.stringify(header)).toBeGreaterThan(0)
      expect(text).not.toMatch(/\n {4}at /)
    }
  }
  expect(fs.existsSync(folder.at('x'))).toBe(false)
})
