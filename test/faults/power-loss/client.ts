import { constants } from 'node:fs'
import { toEntry } from '@ftp/files'
import { type Entry, type IfExists, TransferError } from '@ftp/protocol'
import { LocalSink } from '../../../apps/client/src/transfer/download/local-sink.ts'
import type { LocalDisk } from '../../../apps/client/src/transfer/local/local-disk.ts'
import { makeFolder } from '../../../apps/client/src/transfer/local/local-folder.ts'
import { storeAll } from '../../../apps/client/src/transfer/local/store-all.ts'
import { isUnfinished } from '../../../apps/client/src/transfer/local/unfinished.ts'
import { randomBytes } from '../../support/files.ts'
import { ROOT } from '../../support/simulated-disk/handles.ts'
import {
  anyTime,
  type Deed,
  keepWhatFits,
  LENGTHS,
  pick,
  type Random,
  type Side,
  STEP,
  shown,
} from './deed.ts'

/** The disk of a client. */
interface Mounted extends Disposable {
  readonly disk: LocalDisk
}

const FOLDERS = ['d', 'd/e', 'd/e/f', 'g']
const NAMES = ['a', 'b', 'd/a', 'd/b', 'd/e/a']
const POLICIES: readonly IfExists[] = ['replace', 'fail', 'skip', 'newer', 'different']
const MODES = [0o644, 0o644, 0o600, 0o444]

/** What a client does to its own disk when it fetches files and trees. */
export const CLIENT: Side<Mounted> = {
  code: ['apps/client/src/transfer/local', 'packages/files/src'],
  descriptors: 0,
  mount: (disk) => ({ disk, [Symbol.dispose]() {} }),
  look: async ({ disk }) => new Map(below(disk, ROOT)),
  anyDeed(random) {
    const kind = random()
    if (kind < 0.4) return anyGet(random)
    return kind < 0.6 ? anySmallGet(random) : anyTree(random)
  },
}

/** A file that comes block by block, which may be interrupted. */
function anyGet(random: Random): Deed<Mounted> {
  const { name, bytes, entry, ifExists } = anyFile(random)
  const stopsAt = random() < 0.25 ? Math.floor(random() * bytes.length) : undefined
  return {
    text: `get ${name}: ${about(entry, ifExists)}, stops at ${stopsAt}`,
    paths: [name],
    repeatable: ifExists === 'replace',
    async run({ disk }) {
      using file = new LocalSink(`${ROOT}/${name}`, ifExists, disk)
      file.requireSpace(bytes.length)
      const end = stopsAt ?? bytes.length
      for (let done = await keepWhatFits(file, bytes); done < end; done += STEP)
        await file.write(bytes.subarray(done, Math.min(done + STEP, end)), done, false)
      if (stopsAt === undefined) await file.commit(entry)
    },
  }
}

/** A file that comes in one piece. */
function anySmallGet(random: Random): Deed<Mounted> {
  const { name, bytes, entry, ifExists } = anyFile(random)
  return {
    text: `small get ${name}: ${about(entry, ifExists)}`,
    paths: [name],
    repeatable: ifExists === 'replace',
    async run({ disk }) {
      using file = new LocalSink(`${ROOT}/${name}`, ifExists, disk)
      if (file.size > 0) await file.truncate(0)
      await file.write(bytes, 0, true)
      await file.commit(entry)
    },
  }
}

/** A folder, and small files in it that come together. */
function anyTree(random: Random): Deed<Mounted> {
  const folder = pick(random, FOLDERS)
  const ifExists = pick(random, POLICIES)
  const names = new Set([pick(random, ['a', 'b']), pick(random, ['b', 'c'])])
  const files = Array.from(names, (name) => {
    const { bytes, entry } = anyFile(random)
    return { target: `${ROOT}/${folder}/${name}`, bytes, entry }
  })
  return {
    text: `get tree ${folder}: ${[...names]}, ${ifExists}`,
    paths: [folder.slice(0, 1)],
    repeatable: ifExists === 'replace',
    async run({ disk }) {
      await makeFolder(`${ROOT}/${folder}`, disk)
      const stored = await storeAll(files, ifExists, disk)
      const failure = stored.find((one) => one instanceof TransferError)
      if (failure !== undefined) throw failure
    },
  }
}

function anyFile(random: Random): { name: string; bytes: Buffer; entry: Entry; ifExists: IfExists } {
  const name = pick(random, NAMES)
  const bytes = randomBytes(pick(random, LENGTHS), Math.floor(random() * 2 ** 31))
  const [mode, mtime] = [pick(random, MODES), anyTime(random)]
  const entry = { name, type: 'file', size: bytes.length, mtime, mode } as const
  return { name, bytes, entry, ifExists: pick(random, POLICIES) }
}

function about({ size, mode = 0 }: Entry, ifExists: IfExists): string {
  return `${size} bytes, ${ifExists}, mode ${mode.toString(8)}`
}

/** What stands below a folder, by its path from the root. */
function* below(disk: LocalDisk, folder: string): Generator<[string, string]> {
  for (const name of disk.names(folder)) {
    if (isUnfinished(name)) continue
    const file = `${folder}/${name}`
    const { type, size, mtime, mode = 0 } = toEntry(name, disk.lstat(file))
    if (type === 'directory') {
      yield [file.slice(ROOT.length + 1), 'directory']
      yield* below(disk, file)
      continue
    }
    const bytes = Buffer.alloc(size)
    const fd = disk.open(file, constants.O_RDONLY)
    disk.readNow(fd, bytes, 0, size, 0)
    disk.close(fd)
    yield [file.slice(ROOT.length + 1), shown(bytes, mtime, mode)]
  }
}
