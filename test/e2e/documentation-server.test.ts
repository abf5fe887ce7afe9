import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAccount } from '../support/accounts.ts'
import { ServedFolder } from '../support/served-folder.ts'
import { runServerCommand } from '../support/server-command.ts'

const REPOSITORY = path.resolve(import.meta.dirname, '../..')

/** What the documents tell an operator to type, besides starting the server: in their order, each once. */
function documented(): string[] {
  const typed = ['docs/operating.md', 'README.md', 'docs/client.md'].flatMap((name) => {
    const page = fs.readFileSync(path.join(REPOSITORY, name), 'utf8')
    const blocks = [...page.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, code = '']) => code.split('\n'))
    const spans = [...page.replace(/```.*?```/gs, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)
    return [...blocks, ...spans]
  })
  const lines = typed.map((line) =>
    line
      .replace(/^npx --yes pnpm@[\d.]+ /, '')
      .replace(/ +#.*/, '')
      .trim(),
  )
  return [...new Set(lines)].filter((line) =>
    /^ftp-server (user|audit|uploads|check|rate|share|token) [^<]*$|^ftp-server (audit|check)$/.test(line),
  )
}

const COMMANDS = documented()
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl anna@laptop\n'
let folder: ServedFolder
beforeAll(async () => {
  folder = await ServedFolder.start()
  folder.write('anna/photos/a.jpg', 'a')
  folder.write('anna.pub', KEY)
  await addAccount(folder.root, 'scanner')
})
afterAll(() => folder[Symbol.asyncDispose]())

describe('What the documentation tells an operator to type, while the server runs', () => {
  it('is found', () => expect(COMMANDS.length).toBeGreaterThan(12))

  it.each(COMMANDS)('%s', async (line) => {
    const isPassword = /^ftp-server user (add|passwd)/.test(line)
    const words = line.replace('anna.pub', folder.at('anna.pub')).split(' ').slice(1)
    const named = line === 'ftp-server user rescan' ? [...words, 'anna'] : words
    const args = [...named, '--root', folder.root, ...(isPassword ? ['--password-stdin'] : [])]
    expect(await runServerCommand(args, 'correct horse battery\n')).toMatchObject({ code: 0, stderr: '' })
  })
})
