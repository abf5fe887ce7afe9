import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runClient } from '../support/client-process.ts'
import { writeSparse, writeTree } from '../support/files.ts'
import { LocalSite } from '../support/local-site.ts'

/* Links, pipes, sockets and devices, files that say less than they hold, and files with holes. */

let site: LocalSite
beforeAll(async () => {
  site = await LocalSite.open()
})
afterAll(() => site[Symbol.asyncDispose]())

describe('what is neither a file nor a directory on the server', () => {
  beforeAll(async () => {
    writeTree(site.local(''), { outside: 'precious', a: 'new', large: 'x'.repeat(1_100_000) })
    fs.mkdirSync(site.local('directory'))
    fs.mkdirSync(site.remote('tree'))
    fs.symlinkSync(site.local('outside'), site.remote('tree/link'))
    fs.symlinkSync('nowhere', site.remote('tree/dangling'))
    fs.symlinkSync(site.local('directory'), site.remote('tree/way'))
    execFileSync('mkfifo', [site.remote('tree/pipe')])
    const server = net.createServer().listen(site.remote('tree/socket'))
    await once(server, 'listening')
    return () => server.close()
  })

  it.each(['link', 'dangling', 'way', 'pipe', 'socket'])(
    'is never replaced by a put or mv: %s',
    async (name) => {
      const path = `tree/${name}`
      const before = fs.lstatSync(site.remote(path))
      const commands = [
        ['put', site.local('a'), '--to', path],
        ['put', site.local('large'), '--to', path],
        ['put', site.local('a'), '--to', path, '--if-exists', 'different'],
        ['mv', 'moved', path, '--if-exists', 'replace'],
      ]
      fs.writeFileSync(site.remote('moved'), 'moved')
      for (const command of commands) {
        const { code, text } = await site.run(command)
        expect([command.join(' '), code]).toEqual([command.join(' '), 4])
        expect(text).toMatch(/symbolic link|pipe, socket or device/)
      }
      // In a tree, small files are stored by another request.
      writeTree(site.local('tree'), { [name]: 'new' })
      expect((await site.run(['put', '-r', site.local('tree'), '--include', name])).code).toBe(4)
      const { ino, mode } = fs.lstatSync(site.remote(path))
      expect({ ino, mode }).toEqual({ ino: before.ino, mode: before.mode })
      expect(fs.readFileSync(site.local('outside'), 'utf8')).toBe('precious')
      expect(fs.readdirSync(site.local('directory'))).toEqual([])
    },
  )
})

it('a pipe here is never replaced by a file of a tree', async () => {
  writeTree(site.remote('fetched'), { pipe: 'new', rest: 'x' })
  fs.mkdirSync(site.local('fetched'))
  execFileSync('mkfifo', [site.local('fetched/pipe')])
  const { code } = await site.run(['get', '-r', 'fetched', '-o', site.home])
  expect(code).toBe(4)
  expect(fs.statSync(site.local('fetched/pipe')).isFIFO()).toBe(true)
  expect(fs.readFileSync(site.local('fetched/rest'), 'utf8')).toBe('x')
})

describe('a file that says it is empty and is not', () => {
  it('is stored as far as it can be read', async () => {
    expect((await site.run(['put', '/proc/version', '--to', 'version'])).code).toBe(0)
    expect(fs.readFileSync(site.remote('version'))).toEqual(fs.readFileSync('/proc/version'))
  })

  it('is stored in a tree too', async () => {
    const { code } = await site.run(['put', '-r', '/proc/self/net/', '--to', 'net', '--include', 'protocols'])
    expect(code).toBe(0)
    expect(fs.statSync(site.remote('net/protocols')).size).toBeGreaterThan(0)
  })
})

it('a sparse file is sparse on the server and when it is back, also over several connections', async () => {
  const size = 30_000_000
  writeSparse(site.local('sparse'), size, new Map([[20_000_000, Buffer.from('island')]]))
  expect((await site.run(['put', site.local('sparse')])).code).toBe(0)
  expect((await site.run(['get', 'sparse', '-o', site.local('back')])).code).toBe(0)
  expect((await site.run(['get', 'sparse', '-o', site.local('streams'), '--streams', '3'])).code).toBe(0)
  const source = fs.readFileSync(site.local('sparse'))
  for (const copy of [site.remote('sparse'), site.local('back'), site.local('streams')]) {
    expect(fs.readFileSync(copy).equals(source), copy).toBe(true)
    expect(fs.statSync(copy).blocks * 512, copy).toBeLessThan(3_000_000)
  }
})

it('-o /dev/stdout and /dev/fd/1 are -, and replace no file', async () => {
  fs.writeFileSync(site.remote('text'), 'text\n')
  for (const output of ['/dev/stdout', '/dev/fd/1', '/proc/self/fd/1']) {
    const log = site.local('log')
    fs.writeFileSync(log, 'header\n')
    const { port } = site.server
    const config = site.local('config')
    const { code, stdout } = await runClient(['get', 'text', '-o', output], {
      port,
      config,
      cwd: site.home,
      global: [],
    })
    expect([code, stdout.toString()]).toEqual([0, 'text\n'])
  }
})

it('lists and scripts with a byte order mark are read like others', async () => {
  writeTree(site.local('listed'), { a: '1', b: '2' })
  fs.writeFileSync(site.local('list'), '\ufeffa\r\n')
  const put = ['put', '-r', site.local('listed'), '--to', 'listed', '--files-from', site.local('list')]
  expect((await site.run(put)).code).toBe(0)
  expect(fs.readdirSync(site.remote('listed'))).toEqual(['a'])
  fs.writeFileSync(site.local('patterns'), '\ufeffa\n')
  const rest = ['put', '-r', site.local('listed'), '--to', 'rest', '--exclude-from', site.local('patterns')]
  expect((await site.run(rest)).code).toBe(0)
  expect(fs.readdirSync(site.remote('rest'))).toEqual(['b'])
  fs.writeFileSync(site.local('script'), '\ufeffmkdir scripted\r\n')
  expect((await site.run(['shell', site.local('script')])).code).toBe(0)
  expect(fs.existsSync(site.remote('scripted'))).toBe(true)
})

it.each(['-s other', '--limit-rate 5M', '--timeout 5s', '--config x', '--plaintext'])(
  'a line of a shell refuses %s, which would have no effect',
  async (option) => {
    fs.writeFileSync(site.remote('kept'), '')
    fs.writeFileSync(site.local('script'), `rm kept ${option}\n`)
    const { code, text } = await site.run(['shell', site.local('script')])
    expect(code).toBe(2)
    expect(text).toContain('takes effect for a whole shell')
    expect(fs.existsSync(site.remote('kept'))).toBe(true)
  },
)
