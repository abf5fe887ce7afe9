import type { FileSystem } from '@ftp/files'
import { parsePath, TransferError } from '@ftp/protocol'
import { describe, expect, it } from 'vitest'
import type { Storage } from '../../apps/server/src/storage/storage.ts'
import { randomBytes } from '../support/files.ts'
import { intercepted } from '../support/intercepted-files.ts'
import { SimulatedDisk } from '../support/simulated-disk/disk.ts'
import { sameContent } from './power-loss/deed.ts'
import { look, mount } from './power-loss/server.ts'

const CODES = {
  ENOSPC: 'no_space',
  EDQUOT: 'quota',
  EIO: 'io',
  EMFILE: 'busy',
  EROFS: 'forbidden',
  EACCES: 'forbidden',
} as const
type Errno = keyof typeof CODES
const KEY = '0123456789abcdef0123456789abcdef'
const OLD = randomBytes(900, 1)
const NEW = randomBytes(2_500, 2)
const STEP = 1_000
const PUT = { length: NEW.length, mtime: 1_600_000_000_000_000 }

/** What is done while the disk fails. */
const ACTIONS: Readonly<Record<string, (storage: Storage) => Promise<unknown>>> = {
  'put that replaces': (storage) => put(storage, 'd/old', 'replace', 0o640),
  'put of a file that nobody may write': (storage) => put(storage, 'd/old', 'replace', 0o444),
  'put that must not replace': (storage) => put(storage, 'd/new', 'fail', undefined),
  'put that depends on what is there': (storage) => put(storage, 'd/old', 'different', undefined),
  'puts that come together': async (storage) => {
    const stored = await storage.storeAll([
      { path: parsePath('d/one'), bytes: NEW, ...PUT, ifExists: 'replace', mode: 0o640 },
      { path: parsePath('d/old'), bytes: NEW, ...PUT, ifExists: 'replace', mode: 0o444 },
    ])
    const failure = stored.find((one) => one instanceof TransferError)
    // As a client does that was told of one failure: it repeats that one.
    if (failure !== undefined) throw failure
  },
  get: async (storage) => {
    await using file = storage.open(parsePath('d/old'))
    const bytes = Buffer.alloc(OLD.length)
    await file.read(bytes, 0)
    file.requireUnchanged()
    expect(bytes.equals(OLD)).toBe(true)
  },
  'gets that come together': async (storage) => {
    const [first, old] = await storage.readAll(['d', 'd/old'].map(parsePath), new Uint8Array(OLD.length))
    if (old instanceof TransferError) throw old
    expect(Buffer.from(old?.bytes ?? []).equals(OLD)).toBe(true)
    expect(first).toBeInstanceOf(TransferError)
  },
  list: async (storage) => {
    const unreadable: string[] = []
    const omitted = { unnamable: () => {}, unreadable: (name: string) => void unreadable.push(name) }
    expect([...storage.list(parsePath('d'), omitted), ...unreadable].length).toBeGreaterThan(0)
  },
  stat: async (storage) => expect(storage.stat(parsePath('d/old')).entry.size).toBe(OLD.length),
  setstat: async (storage) => storage.setAttributes(parsePath('d/old'), { mtime: PUT.mtime, mode: 0o600 }),
  mkdir: (storage) => storage.makeDirectory(parsePath('d/e/f'), true),
  move: (storage) => storage.move(parsePath('d/old'), parsePath('moved'), 'replace'),
  remove: (storage) => storage.remove(parsePath('d'), true),
}

async function put(
  storage: Storage,
  path: string,
  ifExists: 'replace' | 'fail' | 'different',
  mode: number | undefined,
): Promise<void> {
  await using partial = storage.openPartial(parsePath(path), KEY, NEW.length)
  if (partial.size > 0) await partial.truncate(0)
  for (let at = 0; at < NEW.length; at += STEP) await partial.write(NEW.subarray(at, at + STEP), at)
  const back = Buffer.alloc(STEP)
  await partial.read(back, 0)
  await partial.commit({ ...PUT, ifExists, mode })
}

async function prepared(): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk()
  using storage = mount(disk)
  await storage.makeDirectory(parsePath('d'), false)
  await using partial = storage.openPartial(parsePath('d/old'), KEY, OLD.length)
  await partial.write(OLD, 0)
  await partial.commit({ ifExists: 'fail', mtime: 1_500_000_000_000_000 })
  return disk
}

/** Fails at one call, or at every one from then on. */
function failingAt(
  files: FileSystem,
  at: number,
  errno: Errno,
  forGood: boolean,
): { files: FileSystem; hit: () => string | undefined } {
  let calls = 0
  let hit: string | undefined
  const failing = intercepted(files, (call, proceed) => {
    // close(2) does not fail: see the port.
    if (call === 'close' || ++calls < at || (calls > at && !forGood)) return proceed()
    hit ??= call
    const error = Object.assign(new Error(errno), { code: errno })
    if (['read', 'write', 'ftruncate', 'fsync'].includes(call)) return Promise.reject(error)
    throw error
  })
  return { files: failing, hit: () => hit }
}

let injected = 0

describe.each(
  Object.entries(ACTIONS).flatMap(
    ([name, action]) =>
      [
        [name, 'once', action],
        [name, 'for good', action],
      ] as const,
  ),
)('%s, while the disk fails %s', (_, howLong, action) => {
  it.each(Object.entries(CODES))('%s at any call is told as %s, and harms nothing', async (errno, code) => {
    const untouched = await prepared()
    using plain = mount(untouched)
    const before = await look(plain)
    await action(plain)
    const after = await look(plain)
    // The first two calls open the root.
    for (let at = 3; ; at++) {
      const disk = await prepared()
      const { files, hit } = failingAt(disk, at, errno as Errno, howLong === 'for good')
      {
        using storage = mount(files)
        const failure = await action(storage).then(
          () => undefined,
          (error: unknown) => error,
        )
        const about = `${hit()}, call ${at}`
        if (hit() === undefined) break
        injected++
        if (failure !== undefined && !(failure instanceof TransferError)) throw failure
        if (failure !== undefined) expect(failure.code, about).toBe(code)
        expect(failure?.message ?? '', about).not.toMatch(/proc|\.ftp-part/)
        expect(disk.openDescriptors, about).toBe(1)
      }
      using storage = mount(disk)
      const now = await look(storage)
      for (const path of new Set([...before.keys(), ...after.keys(), ...now.keys()])) {
        const [is, old, fresh] = [now.get(path), before.get(path), after.get(path)]
        expect(sameContent(is, old) || sameContent(is, fresh), `${path}: ${hit()}, call ${at}`).toBe(true)
      }
      const failed = [...now].some(([path, shown]) => shown !== after.get(path)) || now.size !== after.size
      if (!failed) continue
      await action(storage)
      expect(await look(storage), `again after ${hit()}, call ${at}`).toEqual(after)
      expect(disk.openDescriptors).toBe(1)
    }
  })
})

it('enough calls have failed', () => {
  console.log(`${injected} failed calls, each told and without harm`)
  expect(injected).toBeGreaterThan(500)
})
