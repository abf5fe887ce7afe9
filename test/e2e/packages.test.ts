import { execFile, spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { writeTree } from '../support/files.ts'
import { TempDir } from '../support/temp-dir.ts'

const run = promisify(execFile)
const REPOSITORY = path.resolve(import.meta.dirname, '../..')

test('the packed client and server, installed with npm into an empty folder, move files and trees', async () => {
  using folder = new TempDir()
  await pnpm(REPOSITORY, 'build')
  for (const app of ['client', 'server']) {
    await pnpm(path.join(REPOSITORY, 'apps', app), 'pack', '--pack-destination', folder.path)
  }
  const packages = fs.readdirSync(folder.path).filter((name) => name.endsWith('.tgz'))
  expect(packages).toEqual(['ftp-client-0.1.0.tgz', 'ftp-server-0.1.0.tgz'])
  fs.writeFileSync(path.join(folder.path, 'package.json'), '{"private":true}')
  await run('npm', ['install', '--no-audit', '--no-fund', ...packages.map((name) => `./${name}`)], {
    cwd: folder.path,
  })

  for (const app of ['client', 'server'])
    expect(fs.readFileSync(folder.at(`node_modules/@ftp/${app}/dist/ftp-${app}.1`), 'utf8')).toMatch(
      /^\.TH FTP-/,
    )
  await runExample(folder)

  const bin = (name: string): string => path.join(folder.path, 'node_modules/.bin', name)
  const content = Buffer.alloc(3_000_000, 'packed ')
  fs.mkdirSync(path.join(folder.path, 'served'))
  fs.writeFileSync(path.join(folder.path, 'file.txt'), content)
  const server = spawn(
    bin('ftp-server'),
    ['served', '--port', '0', '--host', '127.0.0.1', '--anonymous', 'write', '--json'],
    {
      cwd: folder.path,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  try {
    const { value: line } = await createInterface(server.stdout)[Symbol.asyncIterator]().next()
    const { port }: { port: number } = JSON.parse(String(line))
    const client = (...args: string[]): Promise<unknown> =>
      run(
        bin('ftp-client'),
        ['--server', `127.0.0.1:${port}`, '--config', path.join(folder.path, 'config'), ...args],
        { cwd: folder.path },
      )
    await client('put', 'file.txt')
    await client('get', 'file.txt', '-o', 'copy.txt')
  } finally {
    server.kill()
  }
  expect(fs.readFileSync(path.join(folder.path, 'copy.txt')).equals(content)).toBe(true)
  expect(fs.readFileSync(path.join(folder.path, 'served/file.txt')).equals(content)).toBe(true)
})

/** The programs of the README, with the installed packages: their types are right, and they run. */
async function runExample(folder: TempDir): Promise<void> {
  const readme = fs.readFileSync(path.join(REPOSITORY, 'README.md'), 'utf8')
  const program = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, part]) => part).join('')
  const work = folder.folder('work')
  fs.mkdirSync(path.join(work, 'storage'))
  fs.writeFileSync(path.join(work, 'program.mts'), program)
  fs.writeFileSync(path.join(work, 'holiday.mp4'), Buffer.alloc(3_000_000, 'a film '))
  const photos = { 'a.jpg': 'a', 'more/b.jpg': 'b', 'notes.txt': 'no photo', 'drafts/c.jpg': 'not yet' }
  writeTree(path.join(work, 'photos'), photos)
  writeTree(path.join(work, 'backup'), { 'old.jpg': 'to be deleted' })
  const compilerOptions = {
    ...{
      strict: true,
      noEmit: true,
      module: 'nodenext',
      target: 'es2024',
      lib: ['es2024', 'esnext.disposable'],
    },
    ...{ types: ['node'], typeRoots: [path.join(REPOSITORY, 'node_modules/@types')] },
  }
  fs.writeFileSync(
    path.join(work, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: ['program.mts'] }),
  )
  await run(path.join(REPOSITORY, 'node_modules/.bin/tsc'), ['-p', work])
  // Types that are any would be right too.
  fs.appendFileSync(path.join(work, 'program.mts'), 'const wrong: number = await client.read("notes.txt")\n')
  await expect(run(path.join(REPOSITORY, 'node_modules/.bin/tsc'), ['-p', work])).rejects.toMatchObject({
    stdout: expect.stringContaining('TS2322'),
  })
  fs.writeFileSync(path.join(work, 'program.mts'), program)
  const env = { ...process.env, FTP_CLIENT_CONFIG: folder.at('config') }
  const { stdout } = await run(process.execPath, ['program.mts'], { cwd: work, env })
  expect(stdout).toMatch(/3000000 3000000\n(.*\n)*notes\.txt 5\n(.*\n)*hello\nnot there\n2 \[\]\n$/)
  expect(fs.readFileSync(path.join(work, 'copy.mp4')).length).toBe(3_000_000)
  const kept = { 'a.jpg': 'a', 'more/b.jpg': 'b' }
  for (const folder of ['storage/photos', 'backup']) expect(textsOf(path.join(work, folder))).toEqual(kept)
}

async function pnpm(cwd: string, ...args: string[]): Promise<void> {
  await run('npx', ['--yes', 'pnpm@12.21.0', ...args], { cwd })
}

/** What the files below a folder contain. */
function textsOf(folder: string): Record<string, string> {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
  return Object.fromEntries(
    files.map((file) => [path.relative(folder, file), fs.readFileSync(file, 'utf8')] as const),
  )
}
