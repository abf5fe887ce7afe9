import { execFile } from 'node:child_process'
import fs from 'node:fs'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TempDir } from '../../../../test/support/temp-dir.ts'
import { isFingerprint, KnownServers } from './known-servers.ts'

const run = promisify(execFile)
const KEY = `sha256:${'0a'.repeat(32)}`
const OTHER = `sha256:${'0b'.repeat(32)}`
const refused = expect.objectContaining({ code: 'login' })

let folder: TempDir
let file: string
beforeEach(() => {
  folder = new TempDir()
  file = folder.at('config', 'known-servers.json')
})
afterEach(() => folder[Symbol.dispose]())

function check(fingerprint: string, expected?: string, name = 'nas:7021'): 'known' | 'new' {
  return new KnownServers(folder.at('config')).check(name, fingerprint, expected)
}

describe('the key of a server', () => {
  it('is remembered at the first meeting and known at the next, each server by itself', () => {
    expect(check(KEY)).toBe('new')
    expect(check(KEY)).toBe('known')
    expect(check(OTHER, undefined, 'nas:8021')).toBe('new')
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toEqual({ 'nas:7021': KEY, 'nas:8021': OTHER })
  })

  it('that has changed is refused as often as it comes, and the old one stays', () => {
    check(KEY)
    for (let i = 0; i < 2; i++) expect(() => check(OTHER)).toThrow(refused)
    expect(() => check(OTHER)).toThrow(new RegExp(`It was ${KEY} and is now ${OTHER}`))
    expect(check(KEY)).toBe('known')
  })

  it('that was given with --fingerprint is accepted, remembered, and takes the place of the old one', () => {
    expect(check(KEY, KEY)).toBe('new')
    expect(check(KEY)).toBe('known')
    check(OTHER, OTHER)
    expect(check(OTHER)).toBe('known')
    expect(() => check(KEY)).toThrow(refused)
  })

  it('that is not the one given with --fingerprint is refused, even where it is known', () => {
    check(KEY)
    expect(() => check(KEY, OTHER)).toThrow(refused)
    expect(() => check(KEY, OTHER, 'other:1')).toThrow(refused)
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toEqual({ 'nas:7021': KEY })
  })
})

describe('the file of known servers', () => {
  it('can be read and written by nobody else, and leaves nothing beside it', () => {
    check(KEY)
    expect(fs.statSync(file).mode & 0o777).toBe(0o600)
    expect(fs.statSync(folder.at('config')).mode & 0o777).toBe(0o700)
    expect(fs.readdirSync(folder.at('config'))).toEqual(['known-servers.json'])
  })

  it('forgets none of the keys that several processes store at once', async () => {
    const script = `
      import { KnownServers } from ${JSON.stringify(new URL('./known-servers.ts', import.meta.url).href)}
      const [, folder, name] = process.argv
      for (let port = 1; port <= 5; port++) new KnownServers(folder).check(name + ':' + port, '${KEY}')
    `
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
    await Promise.all(
      names.map((name) =>
        run(process.execPath, ['--input-type=module', '-e', script, folder.at('config'), name]),
      ),
    )
    expect(Object.keys(JSON.parse(fs.readFileSync(file, 'utf8')))).toHaveLength(8 * 5)
    expect(fs.readdirSync(folder.at('config'))).toEqual(['known-servers.json'])
  })

  it.each(['', 'nonsense', '[]', '{"nas:7021":5}', `{"nas:7021":"${KEY.slice(1)}"}`, '{"nas:7021":'])(
    'that is damaged (%s) lets nobody in, and is not replaced',
    (text) => {
      folder.folder('config')
      fs.writeFileSync(file, text)
      const damaged = expect.objectContaining({ code: 'config' })
      for (const expected of [undefined, KEY]) expect(() => check(KEY, expected)).toThrow(damaged)
      expect(fs.readFileSync(file, 'utf8')).toBe(text)
    },
  )

  it('that cannot be read or written is a failure, not a first meeting', () => {
    fs.mkdirSync(file, { recursive: true })
    expect(() => check(KEY)).toThrow(expect.objectContaining({ code: 'is_directory' }))
    fs.rmSync(folder.at('config'), { recursive: true })
    fs.writeFileSync(folder.at('config'), '')
    expect(() => check(KEY)).toThrow(expect.objectContaining({ code: 'not_directory' }))
  })
})

it.each([
  [KEY, true],
  [KEY.toUpperCase(), false],
  [KEY.slice(0, -1), false],
  [`${KEY}0`, false],
  [KEY.slice(7), false],
  [`${KEY}\n`, false],
])('%j is a fingerprint: %s', (text, is) => expect(isFingerprint(text)).toBe(is))
