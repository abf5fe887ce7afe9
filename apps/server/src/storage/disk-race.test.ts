import fs from 'node:fs'
import path from 'node:path'
import { Worker } from 'node:worker_threads'
import { type Entry, parsePath, type RemotePath, TransferError } from '@ftp/protocol'
import { expect, it } from 'vitest'
import { TempDir } from '../../../../test/support/temp-dir.ts'
import { Disk } from './disk.ts'
import { REPLACE } from './fixture.contract.ts'
import type { Storage } from './storage.ts'

/** For how long at least each operation is tried; FTP_TEST_RACE_MS asks for more. */
const RACE_MS = Number(process.env['FTP_TEST_RACE_MS'] ?? 800)
/** How often each must have met the directory, and the link. */
const TRIED = 10
/** Only ends what would never end: nothing is said of how soon a race is met or lost. */
const HANGS_MS = 280_000

/** A user who goes on swapping the directory `x` and a link of that name, as fast as the machine can. */
const FLIPPER = `
  const { workerData: root, parentPort } = require('node:worker_threads')
  const { renameSync, symlinkSync } = require('node:fs')
  symlinkSync('../outside', root + '/link')
  parentPort.postMessage('begun')
  for (;;) {
    renameSync(root + '/x', root + '/directory')
    renameSync(root + '/link', root + '/x')
    renameSync(root + '/x', root + '/link')
    renameSync(root + '/directory', root + '/x')
  }
`

/** A served `root` with the directory `x`, and `outside`, which has the same names in it. */
class Race implements AsyncDisposable {
  readonly folder = new TempDir()
  readonly root = this.folder.folder('root')
  readonly disk = new Disk(this.root, (action) => action())
  readonly #flipper: Worker

  private constructor() {
    fs.writeFileSync(path.join(this.folder.folder('root', 'x'), 'file'), 'inside')
    fs.writeFileSync(path.join(this.folder.folder('outside'), 'file'), 'OUTSIDE')
    fs.writeFileSync(this.folder.at('outside', 'only-outside'), 'OUTSIDE')
    this.#flipper = new Worker(FLIPPER, { eval: true, workerData: this.root })
  }

  static async begin(): Promise<Race> {
    const race = new Race()
    await new Promise((resolve) => race.#flipper.once('message', resolve))
    return race
  }

  /** What has come to stand outside, or is gone from there. */
  get escapes(): string[] {
    const names = fs.readdirSync(this.folder.at('outside'))
    const changed = ['file', 'only-outside'].filter((name) => {
      const file = this.folder.at('outside', name)
      const isWhole = fs.existsSync(file) && fs.readFileSync(file, 'utf8') === 'OUTSIDE'
      return !isWhole || (fs.statSync(file).mode & 0o777) !== 0o644
    })
    return [...names.filter((name) => name !== 'file' && name !== 'only-outside'), ...changed]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#flipper.terminate()
    this.disk[Symbol.dispose]()
    this.folder[Symbol.dispose]()
  }
}

/** @param x a path below the directory that is being swapped */
type Attempt = (storage: Storage, x: (below?: string) => RemotePath, number: number) => unknown

/** What each attempt brought back from outside, if it did; what it left there is found afterwards. */
const ATTEMPTS: Readonly<Record<string, Attempt>> = {
  'open and read': async (storage, x) => {
    await using file = storage.open(x('file'))
    const buffer = Buffer.alloc(7)
    const length = await file.read(buffer, 0)
    expect(buffer.subarray(0, length).toString()).toBe('inside')
  },
  'openPartial and commit': async (storage, x, number) => {
    await using partial = storage.openPartial(x(String(number)), number.toString(16).padStart(32, '0'), 4)
    await partial.write(Buffer.from('mine'), 0)
    await partial.commit(number % 2 === 0 ? REPLACE : { ifExists: 'fail' })
  },
  makeDirectory: (storage, x, number) => storage.makeDirectory(x(String(number)), false),
  setAttributes: (storage, x, number) => storage.setAttributes(x('file'), { mode: number % 0o1000 }),
  remove: (storage, x, number) =>
    number % 2 === 0
      ? storage.makeDirectory(x('only-outside'), false)
      : storage.remove(x('only-outside'), number % 4 === 1),
  move: async (storage, x, number) => {
    await storage.makeDirectory(parsePath(`tree-${number}`), true)
    await storage.move(parsePath(`tree-${number}`), x(String(number)), 'fail')
  },
  rename: (storage, x, number) =>
    number % 2 === 0
      ? storage.move(x('file'), x('moved'), 'fail')
      : storage.move(x('moved'), x('file'), 'fail'),
  'list and stat': (storage, x) => {
    const names = [...storage.list(x())].map(({ name }: Entry) => name)
    expect(names).toEqual(['file'])
    expect(storage.stat(x('file')).entry.size).toBe(6)
  },
}

/** Where the swapped directory is, seen by who is served: on the way, or the very beginning of it. */
const VIEWS: Readonly<Record<string, readonly [(disk: Disk) => Storage, string]>> = {
  'a directory': [(disk) => disk, 'x'],
  'the home': [(disk) => disk.below(parsePath('x')), ''],
}
const CASES = Object.entries(ATTEMPTS)
  .flatMap(([name, attempt]) =>
    Object.entries(VIEWS).map(([where, [view, prefix]]) => ({ name, attempt, where, view, prefix })),
  )
  // It comes from beside the directory, which a home does not have.
  .filter(({ name, where }) => !(name === 'move' && where === 'the home'))

it.each(CASES)(
  '$name: nothing gets out while links are swapped in for $where',
  { timeout: RACE_MS + HANGS_MS + 20_000 },
  async ({ attempt, view, prefix }) => {
    await using race = await Race.begin()
    const storage = view(race.disk)
    const x = (below = ''): RemotePath => parsePath([prefix, below].filter(Boolean).join('/'))
    const ends = { done: 0, refused: 0 }
    const began = performance.now()
    const goesOn = (): boolean => {
      const ms = performance.now() - began
      // The link was met, and the way was free at other times: both must have been tried.
      return ms < RACE_MS || (Math.min(ends.done, ends.refused) < TRIED && ms < RACE_MS + HANGS_MS)
    }
    for (let number = 0; goesOn(); number++) {
      try {
        await attempt(storage, x, number)
        ends.done++
      } catch (error) {
        if (!(error instanceof TransferError) || error.code === 'internal') throw error
        ends.refused++
      }
    }
    expect(race.escapes).toEqual([])
    expect(Math.min(ends.done, ends.refused)).toBeGreaterThanOrEqual(TRIED)
  },
)

it('control: a check before the use is not enough against the same user', async () => {
  await using race = await Race.begin()
  const directory = path.join(race.root, 'x')
  const end = performance.now() + HANGS_MS
  for (let number = 0; race.escapes.length === 0 && performance.now() < end; number++) {
    if (!fs.lstatSync(directory, { throwIfNoEntry: false })?.isDirectory()) continue
    try {
      fs.writeFileSync(path.join(directory, String(number)), 'mine', { flag: 'wx' })
    } catch {
      // Not there just then.
    }
  }
  expect(race.escapes).not.toEqual([])
})
