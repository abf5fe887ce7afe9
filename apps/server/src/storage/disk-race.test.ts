import fs from 'node:fs'
import path from 'node:path'
import { Worker } from 'node:worker_threads'
import { type Entry, parsePath, TransferError } from '@ftp/protocol'
import { expect, it } from 'vitest'
import { TempDir } from '../../../../test/support/temp-dir.ts'
import { Disk } from './disk.ts'
import { REPLACE } from './fixture.contract.ts'

const RACE_MS = 1_500
/** How long the control may take to show that the race can be lost. */
const CONTROL_MS = 20_000

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
      return !fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== 'OUTSIDE'
    })
    return [...names.filter((name) => name !== 'file' && name !== 'only-outside'), ...changed]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#flipper.terminate()
    this.disk[Symbol.dispose]()
    this.folder[Symbol.dispose]()
  }
}

type Attempt = (disk: Disk, number: number) => unknown

/** What each attempt brought back from outside, if it did; what it left there is found afterwards. */
const ATTEMPTS: Readonly<Record<string, Attempt>> = {
  'open and read': async (disk) => {
    await using file = disk.open(parsePath('x/file'))
    const buffer = Buffer.alloc(7)
    const length = await file.read(buffer, 0)
    expect(buffer.subarray(0, length).toString()).toBe('inside')
  },
  'openPartial and commit': async (disk, number) => {
    await using partial = disk.openPartial(parsePath(`x/${number}`), number.toString(16).padStart(32, '0'), 4)
    await partial.write(Buffer.from('mine'), 0)
    await partial.commit(number % 2 === 0 ? REPLACE : { ifExists: 'fail' })
  },
  makeDirectory: (disk, number) => disk.makeDirectory(parsePath(`x/${number}`), false),
  remove: (disk, number) =>
    number % 2 === 0
      ? disk.makeDirectory(parsePath('x/only-outside'), false)
      : disk.remove(parsePath('x/only-outside'), number % 4 === 1),
  move: async (disk, number) => {
    await disk.makeDirectory(parsePath(`tree-${number}`), true)
    await disk.move(parsePath(`tree-${number}`), parsePath(`x/${number}`), 'fail')
  },
  'list and stat': (disk) => {
    const names = [...disk.list(parsePath('x'))].map(({ name }: Entry) => name)
    expect(names).toEqual(['file'])
    expect(disk.stat(parsePath('x/file')).entry.size).toBe(6)
  },
}

it.each(Object.entries(ATTEMPTS))(
  '%s: nothing gets out while links are swapped in',
  { timeout: 30_000 },
  async (_, attempt) => {
    await using race = await Race.begin()
    const ends = { done: 0, refused: 0 }
    const end = performance.now() + RACE_MS
    for (let number = 0; performance.now() < end; number++) {
      try {
        await attempt(race.disk, number)
        ends.done++
      } catch (error) {
        if (!(error instanceof TransferError) || error.code === 'internal') throw error
        ends.refused++
      }
    }
    expect(race.escapes).toEqual([])
    // The link was met, and the way was free at other times: both must have been tried.
    expect(ends.done).toBeGreaterThan(10)
    expect(ends.refused).toBeGreaterThan(10)
  },
)

it('control: a check before the use is not enough against the same user', { timeout: 60_000 }, async () => {
  await using race = await Race.begin()
  const directory = path.join(race.root, 'x')
  const end = performance.now() + CONTROL_MS
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
