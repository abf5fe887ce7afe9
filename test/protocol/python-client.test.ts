import { execFile, execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { BLOCK_SIZE } from '@ftp/md5'
import { parsePath } from '@ftp/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAccount } from '../support/accounts.ts'
import { content, md5Of, sendBlocks } from '../support/chain.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/*
 * PROTOCOL.md promises that the page and a standard library are enough to write a client. client.py beside this
 * file is one, and runs the code that the page shows.
 */

const run = promisify(execFile)
const SCRIPT = path.join(import.meta.dirname, 'client.py')
/** Its chain is computed in Python, which takes a second for each block. */
const FILE = content(2 * BLOCK_SIZE + 17)
const SHORT = FILE.subarray(0, BLOCK_SIZE + 17)
let folder: ServedFolder
let local: string

beforeAll(async () => {
  folder = await ServedFolder.start()
  local = fs.mkdtempSync(path.join(os.tmpdir(), 'ftx-python-'))
})
afterAll(async () => {
  await folder[Symbol.asyncDispose]()
  fs.rmSync(local, { recursive: true })
})

async function python(...args: string[]): Promise<string> {
  return await pythonAt(folder, {}, ...args)
}

async function pythonAt(
  { server: { host, port } }: ServedFolder,
  env: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<string> {
  const options = { env: { PATH: process.env['PATH'], ...env } }
  return (await run('python3', [SCRIPT, host, String(port), ...args], options)).stdout
}

function hasPython(): boolean {
  try {
    execFileSync('python3', ['--version'])
    return true
  } catch {
    return false
  }
}

describe.runIf(hasPython())('a client written from the page', () => {
  it('lists', async () => {
    folder.write('tree/näme.txt', 'x')
    fs.mkdirSync(folder.at('tree/sub'))
    const lines = (await python('list', 'tree')).trim().split('\n').toSorted()
    expect(lines).toEqual(['directory 0 "sub"', 'file 1 "n\\u00e4me.txt"'])
  })

  it.each([0, 5, BLOCK_SIZE, SHORT.length])('puts and gets %i bytes', async (size) => {
    const file = SHORT.subarray(0, size)
    const [from, to] = [path.join(local, `from-${size}`), path.join(local, `to-${size}`)]
    fs.writeFileSync(from, file)
    await python('put', from, `file-${size}`)
    expect(md5Of(folder.read(`file-${size}`))).toBe(md5Of(file))
    await python('get', `file-${size}`, to)
    expect(md5Of(fs.readFileSync(to))).toBe(md5Of(file))
  })

  it('continues a get behind the blocks that hold', async () => {
    folder.write('large', FILE)
    const to = path.join(local, 'partial')
    const partial = FILE.slice(0, 2 * BLOCK_SIZE + 5)
    partial[BLOCK_SIZE + 9] = 0
    fs.writeFileSync(to, partial)
    expect(await python('get', 'large', to)).toContain(`continued at ${BLOCK_SIZE}\n`)
    expect(md5Of(fs.readFileSync(to))).toBe(md5Of(FILE))
  })

  it('continues a put behind the blocks that hold', async () => {
    const from = path.join(local, 'source')
    fs.writeFileSync(from, SHORT)
    const upload = md5Of(Buffer.from(`${from} resumed`))
    {
      await using client = await RawClient.login(folder.server)
      const put = { type: 'put', path: 'resumed', length: SHORT.length, upload, ifExists: 'replace' }
      const { id = 0 } = await client.ask(put, 'ready')
      await sendBlocks(client, id, SHORT, 0, 1)
    }
    expect(await python('put', from, 'resumed')).toContain(`continued at ${BLOCK_SIZE}\n`)
    expect(md5Of(folder.read('resumed'))).toBe(md5Of(SHORT))
    expect(await python('put', from, 'resumed')).toBe('')
  })

  it('puts and gets many files together', async () => {
    const sizes = [0, 5, 700_000, 700_000, BLOCK_SIZE, ...Array.from({ length: 65 }, () => 3)]
    const [from, to] = [path.join(local, 'many-from'), path.join(local, 'many-to')]
    for (const name of [from, to, folder.at('many')]) fs.mkdirSync(name)
    const names = sizes.map((_, index) => `many/${index}`)
    const files = sizes.map((size, index) => {
      const file = path.join(from, `${index}`)
      fs.writeFileSync(file, content(size, index))
      return file
    })
    const stored = await python('mput', 'many', ...files)
    expect(stored).toBe(names.map((name) => `${name} stored\n`).join(''))
    folder.write('larger', content(BLOCK_SIZE + 1))
    const told = await python('mget', to, ...names, 'missing', 'larger', '..')
    expect(told).toBe('missing not_found\nlarger is larger than a block\n.. name\n')
    for (const [index, size] of sizes.entries())
      expect(md5Of(fs.readFileSync(path.join(to, `${index}`)))).toBe(md5Of(content(size, index)))
  })

  it('logs in with a password, and is refused with another one', async () => {
    await using closed = await ServedFolder.start({ anonymous: 'none' })
    const [name, password] = ['jürgen', 'pa\u00a0ss\u0301 🔒']
    await addAccount(closed.root, name, { home: parsePath(name) }, password)
    closed.write(`${name}/mine.txt`, 'x')
    const env = { FTP_USER: name, FTP_PASSWORD: password }
    expect(await pythonAt(closed, env, 'list', '')).toBe('file 1 "mine.txt"\n')
    const wrong = pythonAt(closed, { ...env, FTP_PASSWORD: 'wrong' }, 'list', '')
    await expect(wrong).rejects.toThrow('login: ')
    await expect(pythonAt(closed, {}, 'list', '')).rejects.toThrow('login: ')
  })

  it('is told why a request is refused', async () => {
    await expect(python('get', 'missing', path.join(local, 'missing'))).rejects.toThrow('not_found: ')
  })
})
