import fs from 'node:fs'
import { parsePath } from '@ftp/protocol'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { randomBytes } from '../../../../test/support/files.ts'
import { unfinishedTo } from './continuable-uploads.ts'
import { FairMemory } from './fair-memory.ts'
import { ShareFixture } from './fixture.contract.ts'
import type { WritableFile } from './new-file.ts'
import { openForWriting, type WritingOptions } from './open-for-writing.ts'

const PATH = parsePath('f')
const never = new AbortController().signal

let fixture: ShareFixture
beforeEach(() => {
  fixture = new ShareFixture()
})
afterEach(() => {
  fixture[Symbol.dispose]()
})
const at = (name: string): string => `${fixture.root}/${name}`
const partials = (): number => fs.readdirSync(fixture.root).filter((name) => name !== 'f').length

async function open(options: Partial<WritingOptions> = {}, path = PATH): Promise<WritableFile> {
  const how = { creation: 'allowed', isEmptied: true, signal: never, ...options } as const
  return await openForWriting(fixture.share(), path, how)
}

async function read(file: WritableFile): Promise<Buffer> {
  const buffer = Buffer.alloc(200_000)
  return buffer.subarray(0, await file.read(buffer, 0, never))
}

it('is stored in one step if it stays small, with what has been set', async () => {
  await using file = await open({ mode: 0o600 })
  await file.write(Buffer.from('world'), 8, never)
  await file.write(Buffer.from('hello'), 0, never)
  await file.truncate(10, never)
  await file.truncate(15, never)
  await file.setAttributes({ mtime: 1_600_000_000_000_000 })
  expect(file.entry).toMatchObject({ name: 'f', size: 15, mtime: 1_600_000_000_000_000, mode: 0o600 })
  expect(await read(file)).toEqual(Buffer.from('hello\0\0\0wo\0\0\0\0\0'))
  expect([file.id, fs.readdirSync(fixture.root)]).toEqual([undefined, []])
  await file.commit()
  expect(fs.readFileSync(at('f'))).toEqual(Buffer.from('hello\0\0\0wo\0\0\0\0\0'))
  const { mtimeMs, mode } = fs.statSync(at('f'))
  expect([Math.floor(mtimeMs), mode]).toEqual([1_600_000_000_000, 0o100600])
})

it.each([
  ['a write beyond 64 KiB', 65_537, (file: WritableFile) => file.write(Buffer.from('x'), 65_536, never)],
  ['a size beyond 64 KiB', 70_000, (file: WritableFile) => file.truncate(70_000, never)],
])('goes to a partial with %s, and is the same file', async (_, size, grow) => {
  await using file = await open()
  const bytes = randomBytes(60_000, 1)
  await file.write(bytes, 0, never)
  await grow(file)
  expect([partials(), file.size]).toEqual([1, size])
  expect((await read(file)).subarray(0, bytes.length).equals(bytes)).toBe(true)
  await file.commit()
  expect(fs.readFileSync(at('f')).subarray(0, bytes.length).equals(bytes)).toBe(true)
  expect([fs.statSync(at('f')).size, partials()]).toEqual([size, 0])
})

it('goes to a partial after a second, and if it is left', async () => {
  await using slow = await open()
  await slow.write(Buffer.from('slow'), 0, never)
  await expect.poll(() => slow.id).toBeDefined()
  const left = await open({}, parsePath('left'))
  await left.write(Buffer.from('left'), 0, never)
  await left[Symbol.asyncDispose]()
  expect(unfinishedTo(fixture.share(), parsePath('left'))).toHaveLength(1)
  await using again = await open({ isEmptied: false }, parsePath('left'))
  expect(again.size).toBe(4)
  await expect(left.write(randomBytes(70_000, 2), 0, never)).rejects.toThrow('closed')
})

it('leaves nothing if nothing has been written, or if the commit fails', async () => {
  await (await open())[Symbol.asyncDispose]()
  await using rival = await open({ creation: 'required' })
  await rival.write(Buffer.from('rival'), 0, never)
  await using first = await open()
  await first.write(Buffer.from('first'), 0, never)
  await first.commit()
  await expect(rival.commit()).rejects.toMatchObject({ code: 'exists' })
  await rival[Symbol.asyncDispose]()
  expect([fs.readFileSync(at('f'), 'utf8'), partials()]).toEqual(['first', 0])
  expect(fixture.events.map(({ outcome }) => outcome)).toEqual(['unfinished', 'ok', 'exists'])
})

it('is refused at once where nothing can be stored', async () => {
  fs.mkdirSync(at('d'))
  fs.writeFileSync(at('f'), 'old')
  const codeOf = (path: string, options: Partial<WritingOptions> = {}): Promise<unknown> =>
    open(options, parsePath(path)).catch((error: { code: unknown }) => error.code)
  expect(await codeOf('d')).toBe('is_directory')
  expect(await codeOf('no/where')).toBe('not_found')
  expect(await codeOf('f/below')).toBe('not_directory')
  expect(await codeOf('f', { creation: 'required' })).toBe('exists')
  expect(await codeOf('new', { creation: 'refused' })).toBe('not_found')
})

it('may hold as much of one owner as remains for others', () => {
  const memory = new FairMemory(100)
  const held = [memory.tryTake('a', 30), memory.tryTake('a', 20)]
  expect(memory.tryTake('a', 1)).toBeUndefined()
  expect(memory.tryTake('b', 26)).toBeUndefined()
  expect(memory.tryTake('b', 25)).toBeDefined()
  for (const one of held) one?.[Symbol.dispose]()
  expect(memory.tryTake('a', 37)).toBeDefined()
})

it.each(['committed', 'left'])('takes nothing more once it is %s', async (end) => {
  const file = await open()
  await file.write(Buffer.from('x'), 0, never)
  if (end === 'committed') await file.commit()
  await file[Symbol.asyncDispose]()
  for (const late of [file.write(Buffer.from('y'), 0, never), file.truncate(2, never), file.commit()])
    await expect(late).rejects.toMatchObject({ code: 'bad_request' })
})
