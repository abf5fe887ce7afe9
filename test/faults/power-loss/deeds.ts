import { formatPath, type IfExists, parsePath, TransferError } from '@ftp/protocol'
import type { PartialFile, Storage } from '../../../apps/server/src/storage/storage.ts'
import { randomBytes } from '../../support/files.ts'

/** Something that is done to the storage. */
export interface Deed {
  /** For people. */
  readonly text: string
  /** Whatever it touches is at or below one of these. */
  readonly paths: readonly string[]
  /** What must never be without all of these names, whatever is cut off in the middle. */
  readonly oneOf?: readonly string[]
  /** Whether doing it again, after it was cut off, must lead to the same. */
  readonly repeatable: boolean
  readonly run: (storage: Storage) => Promise<unknown>
}

export type Random = () => number

const DIRECTORIES = ['d', 'd/e', 'd/e/f']
const NAMES = ['a', 'b', 'd/a', 'd/b', 'd/e/a', 'd/e/f/a']
const POLICIES: readonly IfExists[] = ['replace', 'fail', 'skip', 'newer', 'different']
const LENGTHS = [0, 1, 511, 512, 513, 1_500, 3_000]
const MODES = [undefined, undefined, 0o640, 0o444, 0o000]
/** What is written at once: small, so that a hundred thousand disks are soon looked at. */
const STEP = 700

/** Something to do, at random. */
export function anyDeed(random: Random): Deed {
  const kind = random()
  if (kind < 0.4) return anyPut(random)
  if (kind < 0.55) return anyPutAll(random)
  if (kind < 0.7) return anyMove(random)
  return kind < 0.85 ? anyMakeDirectory(random) : anyRemove(random)
}

function anyPut(random: Random): Deed {
  const path = pick(random, NAMES)
  const ifExists = pick(random, POLICIES)
  const bytes = randomBytes(pick(random, LENGTHS), Math.floor(random() * 2 ** 31))
  // One of two uploads of each path, so that partials are met again, by their own file and by another.
  const key = Buffer.from(`${path}${random() < 0.5 ? 1 : 2}`)
    .toString('hex')
    .padEnd(32, '0')
  const stopsAt = random() < 0.25 ? Math.floor(random() * bytes.length) : undefined
  const mode = pick(random, MODES)
  const mtime = 1_700_000_000_000_000 + Math.floor(random() * 1e9)
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
function anyPutAll(random: Random): Deed {
  const names = new Set([pick(random, NAMES), pick(random, NAMES), pick(random, NAMES)])
  const files = Array.from(names, (name) => ({
    path: parsePath(name),
    bytes: randomBytes(pick(random, LENGTHS), Math.floor(random() * 2 ** 31)),
    ifExists: pick(random, POLICIES),
    mode: pick(random, MODES),
    mtime: 1_700_000_000_000_000 + Math.floor(random() * 1e9),
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

/** What the share does before it builds upon an earlier attempt, with bytes in the place of their digests. */
async function keepWhatFits(partial: PartialFile, bytes: Buffer): Promise<number> {
  const held = Buffer.alloc(partial.size)
  await partial.read(held, 0)
  let proven = 0
  for (let next = STEP; next <= Math.min(held.length, bytes.length); next += STEP) {
    if (!held.subarray(proven, next).equals(bytes.subarray(proven, next))) break
    proven = next
  }
  if (partial.size > proven) await partial.truncate(proven)
  return proven
}

function anyMove(random: Random): Deed {
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

function anyMakeDirectory(random: Random): Deed {
  const path = pick(random, DIRECTORIES)
  const parents = random() < 0.8
  return {
    text: `mkdir ${path}${parents ? ' with parents' : ''}`,
    paths: [parents ? 'd' : path],
    repeatable: parents,
    run: (storage) => storage.makeDirectory(parsePath(path), parents),
  }
}

function anyRemove(random: Random): Deed {
  const path = pick(random, [...NAMES, ...DIRECTORIES])
  return {
    text: `remove ${path}`,
    paths: [path],
    repeatable: false,
    run: (storage) => storage.remove(parsePath(path), true),
  }
}

export function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T
}

/** Whether two deeds may be done at the same time without either noticing. */
export function areApart(one: Deed, other: Deed): boolean {
  return one.paths.every((a) => other.paths.every((b) => !isWithin(a, b) && !isWithin(b, a)))
}

/** Whether a path is at or below another. */
export function isWithin(path: string, above: string): boolean {
  return `${path}/`.startsWith(`${above}/`)
}
