import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Respond } from '../support/fake-server.ts'
import { entry, file, md5, Victim } from '../support/victim.ts'

/** What a hostile server may do to a client: nothing, but fail to serve it. */
const ESCAPES = '\x1b]0;owned\x07\x1b[2J\u202egpj.exe\u009b31m'

let victim: Victim
let home: string
beforeEach(() => {
  victim = new Victim()
  home = victim.home
})
afterEach(() => victim[Symbol.dispose]())

const HELLO = Buffer.from('hello')

it('an honest server of this kind is served from', async () => {
  const honest: Respond = ({ type }, say) => {
    if (type === 'stat') return say({ type: 'entry', entry: entry('f'), version: 'v' })
    if (type === 'list') return say({ type: 'entries', entries: [entry('f')], last: true })
    say(file(HELLO), HELLO)
  }
  expect(await victim.suffer(honest, ['get', 'f'])).toMatchObject({ code: 0 })
  expect(fs.readFileSync(path.join(home, 'f'), 'utf8')).toBe('hello')
  expect(await victim.suffer(honest, ['ls'])).toMatchObject({ code: 0 })
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
  ])('%j in a listing writes nothing outside the folder', async (name) => {
    const respond: Respond = ({ type, paths }, say) => {
      if (type === 'stat') return say({ type: 'entry', entry: entry('tree', 'directory', 0), version: 'v' })
      if (type === 'list') return say({ type: 'entries', entries: [entry('ok'), entry(name)], last: true })
      if (type === 'get') return say(file(HELLO), HELLO)
      if (type !== 'mget' || !Array.isArray(paths))
        return say({ type: 'error', code: 'unsupported', message: 'no' })
      const files = paths.map(() => ({ ...entry(name), md5: md5(HELLO) }))
      say({ type: 'files', files, last: true }, Buffer.concat(paths.map(() => HELLO)))
    }
    const { code } = await victim.suffer(respond, ['get', '-r', 'tree'])
    expect(fs.readFileSync(path.join(home, 'tree/ok'), 'utf8')).toBe('hello')
    if (!['..\\outside', 'C:\\windows\\x'].includes(name)) expect(code).not.toBe(0)
    await victim.suffer(respond, ['ls', 'tree'])
  })

  it('in a stat are not where a get writes to', async () => {
    await victim.suffer(
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
  it('moves no terminal, wherever it stands', async () => {
    const failing: Respond = (_, say) => say({ type: 'error', code: 'forbidden', message: ESCAPES })
    for (const args of [['get', 'f'], ['ls'], ['stat', 'f'], ['rm', 'f'], ['md5', 'f']])
      expect((await victim.suffer(failing, args)).code).toBe(4)
    const listing: Respond = (_, say) => say({ type: 'entries', entries: [entry(ESCAPES)], last: true })
    await victim.suffer(listing, ['ls'])
    await victim.suffer(listing, ['ls'], ['--json'])
  })
})

describe('answers', () => {
  const nonsense: readonly [string, (...respond: Parameters<Respond>) => unknown][] = [
    ['of another request', ({ id }, say) => say({ id: id + 7, type: 'done' })],
    ['of a type that nobody knows', (_, say) => say({ type: 'surprise' })],
    ['of the wrong type', (_, say) => say({ type: 'usage', bytes: 1, files: 1, directories: 1 })],
    ['to nothing, twice', (_, say) => [say({ type: 'done' }), say({ type: 'done' })]],
    ['with a payload where none belongs', (_, say) => say({ type: 'done' }, Buffer.alloc(1_000))],
    ['with a code that nobody knows', (_, say) => say({ type: 'error', code: 'evil', message: 'x' })],
  ]
  it.each(nonsense)('%s end the command with an error', async (_, respond) => {
    for (const args of [['get', 'f'], ['ls'], ['stat', 'f']]) {
      const { code, stderr } = await victim.suffer((...given) => void respond(...given), args)
      expect(code).not.toBe(0)
      expect(stderr).not.toBe('')
    }
    expect(fs.readdirSync(home)).toEqual([])
  })
})
