import { execFile } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { ANONYMOUS } from '@ftp/protocol'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { EXAMPLES } from '../../apps/client/src/cli/help/examples.ts'
import { TOPICS } from '../../apps/client/src/cli/help/topics.ts'
import { md5Of } from '../support/files.ts'
import { interruptUpload } from '../support/interrupted-upload.ts'
import { Site } from '../support/site.ts'

const run = promisify(execFile)
const REPOSITORY = path.resolve(import.meta.dirname, '../..')
const { NODE_COMPILE_CACHE } = process.env
/** Tested where accounts, the network, packages, drop folders and growing files are. */
const ELSEWHERE =
  /ftp-client (login|logout|whoami|passwd|share|token|discover|help|put --watch|get --follow|-s |--fingerprint)|^ftp-server/

/** What the pages for users tell them to type, as they would with the commands installed. */
function fromPages(): string[] {
  const pages = ['README.md', 'docs/client.md', 'docs/scripts.md', 'docs/programs.md']
  const text = pages
    .map((page) => fs.readFileSync(path.join(REPOSITORY, page), 'utf8'))
    .join('\n')
    .replaceAll('\\|', '|')
  const spans = [...text.replace(/```.*?```/gs, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)
  const blocks = [...text.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, code = '']) => code.split('\n'))
  return [...spans, ...blocks].map((line) => line.replaceAll(/npx --yes pnpm@[\d.]+ /g, '').trim())
}

function fromHelp(): string[] {
  const examples = Object.values(EXAMPLES).flatMap((all) => all.map(([line]) => line))
  const topics = Object.values(TOPICS).flatMap((text) => text.split('\n'))
  const typed = topics
    .filter((line) => /^ {2}ftp-client /.test(line))
    .map((line) => line.trim().split(/ {2,}/)[0] ?? '')
  return [...examples, ...typed].map((line) => (line.includes('ftp-client ') ? line : `ftp-client ${line}`))
}

const COMMANDS = [...new Set([...fromPages(), ...fromHelp()])].filter(
  (line) => /(^|[|(] ?)ftp-client \S/.test(line) && !ELSEWHERE.test(line),
)

/** A command that a shell would pass on as it is. */
const PLAIN = /^ftp-client [\w ./:,=@-]+$/

let site: Site
beforeAll(async () => {
  site = await Site.open()
  const main = path.join(REPOSITORY, 'apps/client/src/main.ts')
  const fixed = `--plaintext --server 127.0.0.1:${site.port} --config '${site.config}'`
  const bin = path.join(path.dirname(site.home), 'ftp-client')
  fs.writeFileSync(bin, `#!/bin/sh\nexec '${process.execPath}' '${main}' ${fixed} "$@"\n`, { mode: 0o755 })
})
afterAll(() => site[Symbol.asyncDispose]())

/** The same files on both sides: those that the documentation speaks of. */
beforeEach(() => {
  const names = [
    'file.txt',
    'a.jpg',
    'b.jpg',
    'a.txt',
    'b.txt',
    'old.txt',
    'notes.txt',
    'disk.img',
    'LICENSE',
    'report.pdf',
  ]
  const deep = ['photos/a.jpg', 'photos/b.jpg', 'project/x', 'src/y', 'old/z', 'Pictures/p']
  for (const side of [site.home, site.root]) {
    for (const name of fs.readdirSync(side).filter((each) => each !== '.ftp-server'))
      fs.rmSync(path.join(side, name), { recursive: true })
    for (const name of [...names, ...deep]) {
      fs.mkdirSync(path.dirname(path.join(side, name)), { recursive: true })
      fs.writeFileSync(path.join(side, name), `the same in ${path.basename(name)}`)
    }
  }
  fs.writeFileSync(path.join(site.home, 'nightly.ftp'), 'put a.txt\n-rm nothing\n')
  fs.writeFileSync(path.join(site.home, 'f'), 'ls\n')
  const sums = `${md5Of(fs.readFileSync(path.join(site.home, 'a.txt')))}  a.txt\n`
  fs.writeFileSync(path.join(site.home, 'MD5SUMS'), sums)
  fs.rmSync(path.join(site.root, 'b.txt'))
  const key = '5d41402abc4b2a76b9719d911017c592'
  interruptUpload(site.root, { account: ANONYMOUS, directory: 'photos', name: 'big.iso', key })
})

describe('What the documentation tells people to type', () => {
  it('is found', () => expect(COMMANDS.length).toBeGreaterThan(40))

  it.each(COMMANDS)('%s', async (line) => {
    const stderr = PLAIN.test(line) ? await runPlainly(line) : await runInShell(line)
    expect(stderr).not.toMatch(/^ftp-client: (?!"nothing")/m)
  })
})

/** Runs a command in this process. @returns what it wrote to standard error */
async function runPlainly(line: string): Promise<string> {
  const [, ...args] = line.split(/ +/)
  const { code, stderr } = await site.run(args, { global: [] })
  expect({ code, stderr }).toMatchObject({ code: 0 })
  return stderr
}

/** Runs a line as a user would. @returns what it wrote to standard error */
async function runInShell(line: string): Promise<string> {
  const PATH = `${path.dirname(site.home)}:${process.env.PATH}`
  const env = { PATH, HOME: site.home, ROOT: site.root, NODE_COMPILE_CACHE }
  const before = 'tar cf $ROOT/src.tar src; cp $ROOT/src.tar $ROOT/backup.tar'
  fs.mkdirSync(path.join(site.home, '.config/fish/completions'), { recursive: true })
  const { stderr } = await run('bash', ['-o', 'pipefail', '-c', `exec < /dev/null; ${before}; ${line}`], {
    cwd: site.home,
    env,
  })
  return stderr
}
