import { execFile, spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Checkout } from '../support/checkout.ts'
import { writeTree } from '../support/files.ts'
import { TempDir } from '../support/temp-dir.ts'

const run = promisify(execFile)
const REPOSITORY = path.resolve(import.meta.dirname, '../..')
const TSC = path.join(REPOSITORY, 'node_modules/.bin/tsc')
/** Packages are downloaded and built, and the machine may be busy. Milliseconds. */
const PATIENCE_MS = 300_000

const read = (page: string): string => fs.readFileSync(path.join(REPOSITORY, page), 'utf8')
const [, installing = ''] = /## Installing the commands\n\n```sh\n(.*?)```/s.exec(read('README.md')) ?? []
/** A whole program, and what can be added to it. */
const [program = '', ...additions] = [...read('docs/programs.md').matchAll(/```ts\n(.*?)```/gs)].map(
  ([, part = '']) => part,
)
const extended = [program, ...additions].join('')

let checkout: Checkout
let folder: TempDir
beforeAll(async () => {
  checkout = new Checkout()
  folder = new TempDir()
  const prefix = folder.folder('prefix')
  const installed = await checkout.run(`export npm_config_prefix='${prefix}'\nset -e\n${installing}`)
  expect(installed.code, installed.stderr).toBe(0)
}, PATIENCE_MS)
afterAll(() => {
  checkout[Symbol.dispose]()
  folder[Symbol.dispose]()
})

describe('What the documentation says to install', { timeout: PATIENCE_MS }, () => {
  it.each(['ftp-client', 'ftp-server'])('brings the manual page of %s', (name) => {
    const page = fs.readFileSync(folder.at(`prefix/share/man/man1/${name}.1`), 'utf8')
    expect(page).toMatch(new RegExp(`^\\.TH ${name.toUpperCase()} `))
  })

  it('brings commands that move a file', async () => {
    const cwd = folder.folder('desk')
    const bin = (name: string): string => folder.at('prefix/bin', name)
    const content = Buffer.alloc(3_000_000, 'packed ')
    fs.mkdirSync(path.join(cwd, 'served'))
    fs.writeFileSync(path.join(cwd, 'file.txt'), content)
    // Installed commands run on the machine's own Node.js, which may be too old for them.
    const env = { ...process.env, PATH: `${path.dirname(process.execPath)}:${process.env['PATH']}` }
    const args = ['served', '--port', '0', '--host', '127.0.0.1', '--anonymous', 'write', '--json']
    const server = spawn(bin('ftp-server'), args, { cwd, env, stdio: ['ignore', 'pipe', 'ignore'] })
    try {
      const { value: line } = await createInterface(server.stdout)[Symbol.asyncIterator]().next()
      const { port, doors }: { port: number; doors: { door: string; url: string }[] } = JSON.parse(
        String(line),
      )
      const page = doors.find(({ door }) => door === 'web')?.url ?? ''
      expect((await run('curl', ['--silent', '--insecure', page])).stdout).toContain('/assets/')
      const fixed = ['--server', `127.0.0.1:${port}`, '--config', folder.at('config')]
      for (const typed of [
        ['put', 'file.txt'],
        ['get', 'file.txt', '-o', 'copy.txt'],
      ])
        await run(bin('ftp-client'), [...fixed, ...typed], { cwd, env })
    } finally {
      server.kill()
    }
    for (const copy of ['copy.txt', 'served/file.txt'])
      expect(fs.readFileSync(path.join(cwd, copy)).equals(content), copy).toBe(true)
  })

  it('brings the libraries that its programs need, the first of them in an empty folder, and again', async () => {
    const cwd = folder.folder('work')
    const packages = ['client', 'server'].map((app) =>
      path.join(checkout.folder, `apps/${app}/ftp-${app}-0.1.0.tgz`),
    )
    await run('npm', ['install', ...packages], { cwd, env: { ...process.env, ...checkout.env } })
    const env = { ...process.env, FTP_CLIENT_CONFIG: folder.at('config') }
    const shown = async (text: string): Promise<string> => {
      fs.writeFileSync(path.join(cwd, 'program.mjs'), text)
      return (await run(process.execPath, ['program.mjs'], { cwd, env })).stdout
    }
    const printed = /3000000 3000000\n(.*\n)*notes\.txt 5\n(.*\n)*hello\nnot there\n/
    for (const _ of ['first', 'again']) expect(await shown(program)).toMatch(printed)
    expect(fs.statSync(path.join(cwd, 'copy.mp4')).size).toBe(3_000_000)

    const photos = { 'a.jpg': 'a', 'more/b.jpg': 'b' }
    writeTree(path.join(cwd, 'photos'), { ...photos, 'notes.txt': 'no photo', 'drafts/c.jpg': 'not yet' })
    writeTree(path.join(cwd, 'backup'), { 'old.jpg': 'to be deleted' })
    expect(await shown(extended)).toMatch(new RegExp(`${printed.source}2 \\[\\]\n$`))
    for (const name of ['storage/photos', 'backup']) expect(textsOf(path.join(cwd, name))).toEqual(photos)

    await checkTypes(cwd)
  })
})

/** The types of the programs are right, and are not any, of which everything would be right. */
async function checkTypes(cwd: string): Promise<void> {
  const compilerOptions = {
    ...{ strict: true, noEmit: true, module: 'nodenext', target: 'es2024' },
    ...{ lib: ['es2024', 'esnext.disposable'], types: ['node'] },
    typeRoots: [path.join(REPOSITORY, 'node_modules/@types')],
  }
  const project = { compilerOptions, files: ['program.mts'] }
  fs.writeFileSync(path.join(cwd, 'tsconfig.json'), JSON.stringify(project))
  fs.writeFileSync(path.join(cwd, 'program.mts'), extended)
  await run(TSC, ['-p', cwd])
  fs.appendFileSync(path.join(cwd, 'program.mts'), 'const wrong: number = await client.read("notes.txt")\n')
  await expect(run(TSC, ['-p', cwd])).rejects.toMatchObject({ stdout: expect.stringContaining('TS2322') })
}

/** What the files below a folder contain. */
function textsOf(folder: string): Record<string, string> {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name))
  return Object.fromEntries(files.map((file) => [path.relative(folder, file), fs.readFileSync(file, 'utf8')]))
}
