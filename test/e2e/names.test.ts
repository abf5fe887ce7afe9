import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runHere } from '../support/in-process-client.ts'
import { Site } from '../support/site.ts'

let site: Site
beforeAll(async () => {
  site = await Site.open()
})
afterAll(() => site[Symbol.asyncDispose]())

const GOOD: [title: string, name: string][] = [
  ['spaces', '  two  words'],
  ['emoji and kanji', 'naïve 😀 👩‍👩‍👧 日本語.txt'],
  ['a leading dash', '-rf'],
  ['the look of an option', '--help'],
  ['what a shell would expand', "' `ls` $HOME"],
  ['a leading dot', '.hidden'],
  ['a composed letter', 'ü'.normalize('NFC')],
  ['a decomposed letter', 'ü'.normalize('NFD')],
  ['255 bytes', 'a'.repeat(255)],
  ['252 bytes of emoji', '😀'.repeat(63)],
]

const BAD: [title: string, name: string, reason: string][] = [
  ['a newline', 'two\nlines', 'U+000A'],
  ['a tab', 'a tab\t', 'U+0009'],
  ['a terminal escape', 'an escape \x1b[2J', 'U+001B'],
  ['a C1 control', 'a C1 control \u009b', 'U+009B'],
  ['a change of direction', 'turned \u202e round', 'U+202E'],
  ['256 bytes', 'ä'.repeat(128), 'longer than 255 bytes'],
  ["the state folder's name", '.ftp-server', 'reserved'],
  ["the state folder's name in capitals", '.FTP-Server', 'reserved'],
  ["a partial's name", '.ftp-part-x', 'reserved'],
  ['a device of Windows', 'CON', 'device on Windows'],
  ['a colon', 'a:b', 'Windows cannot store'],
  ['a backslash', 'back\\slash', 'Windows cannot store'],
  ['a dot at its end', 'trailing dot.', 'ends with a dot'],
]

describe('A name', () => {
  it.each(GOOD)('with %s is stored as it is', async (_, name) => {
    fs.writeFileSync(path.join(site.home, name), `the content of ${name}`)
    expect(await site.run(['put', '--', name])).toMatchObject({ code: 0, stderr: '' })
    expect(fs.readdirSync(site.root)).toContain(name)
    fs.rmSync(path.join(site.home, name))
    expect(await site.run(['get', '--', name])).toMatchObject({ code: 0, stderr: '' })
    expect(fs.readFileSync(path.join(site.home, name), 'utf8')).toBe(`the content of ${name}`)
    expect(fs.readdirSync(site.home).filter((left) => left.includes('.ftp.'))).toEqual([])
  })

  it('in its composed and its decomposed form is two names', () => {
    const twins = fs.readdirSync(site.root).filter((name) => name.normalize('NFC') === 'ü')
    expect(twins.length).toBe(2)
  })

  it.each(BAD)('with %s is refused', async (_, name, reason) => {
    const before = everythingIn(site.root)
    const harmless = path.join(site.home, 'harmless')
    fs.writeFileSync(harmless, 'x')
    const put = await runHere(['put', harmless, '--to', name], { ...site, port: site.port, global: [] })
    expect(put.code).toBe(2)
    expect(put.text).toContain(reason)
    expect(put.text).not.toMatch(/[^\P{C}\n]/u)
    expect((await runHere(['mkdir', name], site)).code).toBe(2)
    expect((await runHere(['mv', '.hidden', name], site)).code).toBe(2)
    expect(everythingIn(site.root)).toEqual(before)
  })

  it.each(['two\nlines', '.ftp-part-x', 'back\\slash'])(
    'of a local file that could do harm on the server is refused too: %j',
    async (name) => {
      const before = everythingIn(site.root)
      fs.writeFileSync(path.join(site.home, name), 'x')
      expect((await site.run(['put', name])).code).toBe(2)
      expect(everythingIn(site.root)).toEqual(before)
    },
  )

  it.each(['.ftp-server', '.ftp-server/state.db', '/.ftp-server/instance.lock', '.ftp-part-x'])(
    "that is the server's own leads nowhere: %j",
    async (name) => {
      for (const command of ['get', 'stat', 'ls', 'md5', 'rm', 'du']) {
        expect((await runHere([command, name], site)).code).toBe(2)
      }
      expect(fs.existsSync(path.join(site.root, '.ftp-server/state.db'))).toBe(true)
    },
  )

  it('with dots never leads out of the served folder', async () => {
    fs.writeFileSync(path.join(site.root, '..', 'outside'), 'secret')
    fs.writeFileSync(path.join(site.home, 'up'), 'x')
    for (const remote of ['../outside', '/../outside', 'a/../../outside', '..', './../../outside/']) {
      expect((await site.run(['get', remote, '-o', 'stolen'])).code).toBeGreaterThan(0)
      expect(fs.existsSync(path.join(site.home, 'stolen'))).toBe(false)
    }
    expect((await site.run(['put', 'up', '--to', '../../up'])).code).toBe(2)
    expect(fs.existsSync(path.join(site.root, 'up'))).toBe(false)
    expect(fs.readFileSync(path.join(site.root, '..', 'outside'), 'utf8')).toBe('secret')
  })

  it('that is a link on the server is not followed', async () => {
    fs.symlinkSync('/etc', path.join(site.root, 'link'))
    fs.symlinkSync('/etc/hostname', path.join(site.root, 'file-link'))
    for (const remote of ['link/hostname', 'file-link']) {
      const { code, stdout } = await site.run(['get', remote, '-o', '-'], { global: [] })
      expect(code).toBe(4)
      expect(stdout.length).toBe(0)
    }
    fs.writeFileSync(path.join(site.home, 'passwd'), 'x')
    expect((await site.run(['put', 'passwd', '--to', 'link/'])).code).toBe(5)
    expect((await site.run(['put', 'passwd', '--to', 'link/passwd'])).code).toBe(4)
    expect(fs.readdirSync(site.root)).toContain('link')
  })
})

function everythingIn(folder: string): string[] {
  return fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
}
