import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { md5Of, writeRandom } from '../support/files.ts'
import type { Program, ProgramEvent } from '../support/program.ts'
import { Site } from '../support/site.ts'

let site: Site
beforeAll(async () => {
  site = await Site.open()
})
afterAll(() => site[Symbol.asyncDispose]())
beforeEach(() => site.clear())

it('put --watch stores what is in a folder and what comes into it, until Ctrl-C', async () => {
  const folder = path.join(site.home, 'drop')
  fs.mkdirSync(folder)
  fs.mkdirSync(path.join(site.root, 'in'))
  const one = writeRandom(path.join(folder, 'one.bin'), 2_000_000, 1)
  await using client = site.start(['put', '--watch', 'drop', '--to', 'in'])
  expect(await done(client, 1)).toMatchObject({ path: 'one.bin', to: 'in/one.bin', md5: md5Of(one) })
  fs.writeFileSync(path.join(folder, '.two.bin.tmp'), 'not yet')
  const two = writeRandom(path.join(folder, 'two.bin'), 3, 2)
  expect(await done(client, 2)).toMatchObject({ path: 'two.bin', bytes: 3, md5: md5Of(two) })
  const again = writeRandom(path.join(folder, 'one.bin'), 5, 3)
  expect(await done(client, 3)).toMatchObject({ path: 'one.bin', bytes: 5, md5: md5Of(again) })
  await client.kill('SIGINT')
  expect((await client.result()).code).toBe(0)
  expect(client.events.at(-1)).toMatchObject({ event: 'summary', command: 'put', done: 3, failed: 0 })
  expect(fs.readdirSync(path.join(site.root, 'in')).sort()).toEqual(['one.bin', 'two.bin'])
})

it('put --watch -r stores what comes into folders too, several at a time, and without -r leaves folders alone', async () => {
  const folder = path.join(site.home, 'drop')
  fs.mkdirSync(path.join(folder, 'a/b'), { recursive: true })
  const bytes = writeRandom(path.join(folder, 'a/b/deep.bin'), 2_000_000, 1)
  fs.mkdirSync(path.join(folder, '.hidden'))
  fs.writeFileSync(path.join(folder, '.hidden/x'), 'left alone')
  fs.writeFileSync(path.join(folder, 'top.bin'), 'top')
  {
    await using flat = site.start(['put', '--watch', 'drop', '-j', '2'])
    expect(await done(flat, 1)).toMatchObject({ path: 'top.bin', to: 'top.bin' })
    await flat.kill('SIGINT')
    expect(fs.readdirSync(site.root).filter((name) => !name.startsWith('.'))).toEqual(['top.bin'])
  }
  await using client = site.start(['put', '--watch', '-r', 'drop', '-j', '2', '--if-exists', 'skip'])
  expect(await done(client, 1)).toMatchObject({ path: 'a/b/deep.bin', to: 'a/b/deep.bin', md5: md5Of(bytes) })
  fs.mkdirSync(path.join(folder, 'new'))
  fs.writeFileSync(path.join(folder, 'new/file'), 'later')
  expect(await done(client, 2)).toMatchObject({ path: 'new/file', bytes: 5 })
  expect((await client.kill('SIGINT')).code).toBe(0)
  expect(client.events.at(-1)).toMatchObject({ event: 'summary', done: 2, skipped: 1, failed: 0 })
  expect(fs.readdirSync(site.root, { recursive: true })).toContain('new/file')
  expect(fs.existsSync(path.join(site.root, '.hidden'))).toBe(false)
})

it('put --watch forgets a failure when the file can be stored after all', async () => {
  const folder = path.join(site.home, 'drop')
  fs.mkdirSync(folder)
  fs.writeFileSync(path.join(folder, 'taken'), 'old')
  fs.writeFileSync(path.join(site.root, 'taken'), 'there')
  await using client = site.start(['put', '--watch', 'drop', '--if-exists', 'fail'])
  expect(await client.event('error')).toMatchObject({ path: 'taken', code: 'exists', exitCode: 5 })
  fs.rmSync(path.join(site.root, 'taken'))
  fs.writeFileSync(path.join(folder, 'taken'), 'changed')
  expect(await done(client, 1)).toMatchObject({ path: 'taken', bytes: 7 })
  expect((await client.kill('SIGINT')).code).toBe(0)
  expect(client.events.at(-1)).toMatchObject({ event: 'summary', done: 1, failed: 0, exitCode: 0 })
})

it('put --watch -r makes a directory as soon as it can, and again if it is removed', async () => {
  const folder = path.join(site.home, 'drop')
  fs.mkdirSync(path.join(folder, 'sub'), { recursive: true })
  fs.writeFileSync(path.join(folder, 'sub/file'), 'one')
  fs.writeFileSync(path.join(site.root, 'sub'), 'in the way')
  await using client = site.start(['put', '--watch', '-r', 'drop'])
  await client.event('error')
  fs.rmSync(path.join(site.root, 'sub'))
  expect(await done(client, 1)).toMatchObject({ path: 'sub/file', bytes: 3 })
  fs.rmSync(path.join(site.root, 'sub'), { recursive: true })
  fs.writeFileSync(path.join(folder, 'sub/file'), 'again')
  expect(await done(client, 2)).toMatchObject({ path: 'sub/file', bytes: 5 })
  expect((await client.kill('SIGINT')).code).not.toBeNull()
})

it('put --watch makes its target, but not its folder', async () => {
  fs.mkdirSync(path.join(site.home, 'drop'))
  fs.writeFileSync(path.join(site.home, 'drop/file'), 'one')
  await using client = site.start(['put', '--watch', 'drop', '--to', 'in/'])
  expect(await done(client, 1)).toMatchObject({ to: 'in/file' })
  const noFolder = await site.run(['put', '--watch', 'nothing'], { global: [] })
  expect(noFolder).toMatchObject({ code: 3, stderr: expect.stringContaining('no folder "nothing" here') })
})

/** The nth file that was stored. */
async function done(client: Program, nth: number): Promise<ProgramEvent | undefined> {
  return await client.until(() => client.events.filter(({ event }) => event === 'done')[nth - 1])
}
