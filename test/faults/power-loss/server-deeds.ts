import { formatPath, type IfExists, parsePath, TransferError } from '@ftp/protocol'
import type { Storage } from '../../../apps/server/src/storage/storage.ts'
import { randomBytes } from '../../support/files.ts'
import { anyTime, type Deed, keepWhatFits, LENGTHS, pick, type Random, STEP } from './deed.ts'

const DIRECTORIES = ['d', 'd/e', 'd/e/f']
const NAMES = ['a', 'b', 'd/a', 'd/b', 'd/e/a', 'd/e/f/a']
const POLICIES: readonly IfExists[] = ['replace', 'fail', 'skip', 'newer', 'different']
const MODES = [undefined, undefined, 0o640, 0o444, 0o000]

/** Something to do, at random. */
export function anyDeed(random: Random): Deed<Storage> {
  const kind = random()
  if (kind < 0.4) return anyPut(random)
  if (kind < 0.55) return anyPutAll(random)
  if (kind < 0.7) return anyMove(random)
  return kind < 0.85 ? anyMakeDirectory(random) : anyRemove(random)
}

function anyPut(random: Random): Deed<Storage> {
  const path = pick(random, NAMES)
  const ifExists = pick(random, POLICIES)
  const bytes = randomBytes(pick(random, LENGTHS), Math.floor(random() * 2 ** 31))
  // One of two uploads of each path, so that partials are met again, by their own file and by another.
  const key = Buffer.from(`${path}${random() < 0.5 ? 1 : 2}`)
    .toString('hex')
    .padEnd(32, '0')
  const stopsAt = random() < 0.25 ? Math.floor(random() * bytes.length) : undefined
  const mode = pick(random, MODES)
  const mtime = anyTime(random)
  return {
    text: `put ${path}: ${bytes.length} bytes, ${ifExists}, mode ${mode?.toString(8)}, stops at ${stopsAt}`,
    paths: [path],
    repeatable: ifExists === 'replace',
    run: async (storage) => {
      await using partial = storage.openPartial(parsePath(path), key, bytes.length)
      const end = stopsAt ?? bytes.length
      for (let done = await keepWhatFits(partial, bytes); done < end; done += STEP)
        await partial.write(bytes.subarray(done, Math.min(done + STEP, end)), done)
      if (stopsAt === undefined) await partial.commit({ ifExists, mtime, mode })
    },
  }
}

/** Small files that came together. */
function anyPutAll(random: Random): Deed<Storage> {
  const names = new Set([pick(random, NAMES), pick(random, NAMES), pick(random, NAMES)])
  const files = Array.from(names, (name) => ({
    path: parsePath(name),
    bytes: randomBytes(pick(random, LENGTHS), Math.floor(random() * 2 ** 31)),
    ifExists: pick(random, POLICIES),
    mode: pick(random, MODES),
    mtime: anyTime(random),
  }))
  return {
    text: `put together ${files.map(({ path, ifExists }) => `${formatPath(path)}, ${ifExists}`).join(', ')}`,
    paths: [...names],
    repeatable: files.every(({ ifExists }) => ifExists === 'replace'),
    run: async (storage) => {
      const stored = await storage.storeAll(files)
      const failure = stored.find((one) => one instanceof TransferError)
      if (failure !== undefined) throw failure
    },
  }
}

function anyMove(random: Random): Deed<Storage> {
  const from = pick(random, [...NAMES, 'd/e'])
  const to = pick(random, NAMES)
  const ifExists = pick(random, POLICIES)
  return {
    text: `move ${from} to ${to}, ${ifExists}`,
    paths: [from, to],
    oneOf: [from, to],
    repeatable: false,
    run: (storage) => storage.move(parsePath(from), parsePath(to), ifExists),
  }
}

function anyMakeDirectory(random: Random): Deed<Storage> {
  const path = pick(random, DIRECTORIES)
  const parents = random() < 0.8
  return {
    text: `mkdir ${path}${parents ? ' with parents' : ''}`,
    paths: [parents ? 'd' : path],
    repeatable: parents,
    run: (storage) => storage.makeDirectory(parsePath(path), parents),
  }
}

function anyRemove(random: Random): Deed<Storage> {
  const path = pick(random, [...NAMES, ...DIRECTORIES])
  return {
    text: `remove ${path}`,
    paths: [path],
    repeatable: false,
    run: (storage) => storage.remove(parsePath(path), true),
  }
}
