import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { STATE_NAME } from '@ftp/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PASSWORD } from '../../support/accounts.ts'
import { FtpClient } from '../../support/ftp-client.ts'
import { FtpSite } from '../../support/ftp-site.ts'
import { TempDir } from '../../support/temp-dir.ts'
import { DIALOGUES, type Difference, type Step } from './pyftpdlib-dialogues.ts'

/*
 * The same commands to this server and to that of Debian's python3-pyftpdlib. The package has no tests in it, but its server
 * gives a second opinion on each reply: by its code, by what programs read from its text, and by the data.
 */

/** A time in whole seconds, since FTP has no others. */
const TIME = 1_600_000_000
const FILES: Readonly<Record<string, string>> = {
  file: '0123456789',
  text: 'one\ntwo\n',
  'folder/inner/file': 'deep',
}

let site: FtpSite
let theirs: { readonly folder: TempDir; readonly process: ChildProcess; readonly port: number }
beforeAll(async () => {
  site = await FtpSite.open({ names: 'any' })
  const folder = new TempDir()
  const script = path.join(import.meta.dirname, 'pyftpdlib_server.py')
  const child = spawn('/usr/bin/python3', [script, folder.path, PASSWORD], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(createInterface(child.stdout), 'line')
  theirs = { folder, process: child, port: Number(line) }
})
afterAll(async () => {
  theirs.process.kill('SIGKILL')
  await once(theirs.process, 'close')
  theirs.folder[Symbol.dispose]()
  expect(site.served.faults).toEqual([])
  await site[Symbol.asyncDispose]()
})

describe.each(Object.entries(DIALOGUES))('%s', (_, { isOut = false, steps, differences = [] }) => {
  it('gets the same replies and leaves the same files, but for what is listed', async () => {
    const ours = await transcript(site.served.root, site.port('clear'), { isOut, steps })
    const others = await transcript(theirs.folder.path, theirs.port, { isOut, steps })
    const found = steps.flatMap((step, index) => {
      const [our, their] = [ours.replies[index], others.replies[index]]
      return our === their ? [] : [{ command: commandOf(step), ours: our, theirs: their }]
    })
    expect(found).toEqual(differences.map(({ because: _, ...rest }: Difference) => rest))
    expect(ours.files).toEqual(others.files)
  })
})

/** What a server answers, and what it leaves. */
async function transcript(
  root: string,
  port: number,
  { isOut, steps }: { readonly isOut: boolean; readonly steps: readonly Step[] },
): Promise<{ readonly replies: readonly string[]; readonly files: Readonly<Record<string, string>> }> {
  prepare(root)
  using client = isOut ? await FtpClient.connect(port) : await FtpClient.enter(port, { isEncrypted: false })
  const replies: string[] = []
  for (const step of steps) replies.push(await answer(client, step))
  return { replies, files: filesOf(root) }
}

/** Lays out the same files, whatever has been done to them before. */
function prepare(root: string): void {
  for (const name of fs.readdirSync(root))
    if (name !== STATE_NAME) fs.rmSync(path.join(root, name), { recursive: true })
  for (const [name, content] of Object.entries(FILES)) {
    const file = path.join(root, name)
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, content)
  }
  for (const name of [...Object.keys(FILES), 'folder/inner', 'folder'])
    fs.utimesSync(path.join(root, name), TIME, TIME)
}

/** What each file contains; and the folders. */
function filesOf(root: string): Readonly<Record<string, string>> {
  const entries = fs.readdirSync(root, { recursive: true, withFileTypes: true }).map((entry) => {
    const file = path.join(entry.parentPath, entry.name)
    return [path.relative(root, file), entry.isFile() ? fs.readFileSync(file, 'latin1') : 'a folder']
  })
  return Object.fromEntries(entries.filter(([name]) => !name?.startsWith(STATE_NAME)))
}

function commandOf(step: Step): string {
  return typeof step === 'string' ? step : step.command
}

/** The code of the reply to a command, and what programs read from it. */
async function answer(client: FtpClient, step: Step): Promise<string> {
  if (typeof step === 'string') {
    const { code, text } = await client.command(step)
    return `${code}${meaningOf(code, text)}`
  }
  if ('data' in step) return String((await client.store(step.command, step.data)).code)
  const { bytes, reply } = await client.receive(step.command)
  const content = bytes.toString()
  return `${reply.code} ${step.read === undefined ? JSON.stringify(content) : step.read(content)}`.trim()
}

/** What programs read from the text of a reply. */
function meaningOf(code: number, text: string): string {
  if (code === 213 && !text.includes('\n')) return ` ${text.replace(/\.$/, '')}`
  if (code === 257) return ` ${/^"(.*)"/.exec(text)?.[1]}`
  return ''
}
