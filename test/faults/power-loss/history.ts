import { TransferError } from '@ftp/protocol'
import type { LocalDisk } from '../../../apps/client/src/transfer/local/local-disk.ts'
import { randomNumbers } from '../../support/files.ts'
import { SimulatedDisk } from '../../support/simulated-disk/disk.ts'
import {
  areApart,
  type Deed,
  isWithin,
  pick,
  type Random,
  type Side,
  sameContent,
  type World,
} from './deed.ts'

/** How many different power cuts are tried after each call. */
const CUTS_PER_CALL = 5
const ROUNDS = 8
/** Of so many disks, one is used on: what was cut off is done again there. */
const USED_ON = 20

/** A disk after a power cut, and whose success had been told by then. */
interface Found<Files> {
  readonly disk: SimulatedDisk
  readonly told: ReadonlySet<Deed<Files>>
}

export interface Outcome {
  /** Disks that were looked at. */
  readonly states: number
  /** The first promise that was broken. */
  readonly violation: string | undefined
}

/**
 * Does things to a disk at random, several at a time, cuts the power after every single call, and looks at what is
 * left: what was told is there, what was not told is there as before or as after, and nothing else is.
 * @param through what stands between the side and the disk
 */
export async function runHistory<Files extends Disposable>(
  side: Side<Files>,
  seed: number,
  through: (disk: SimulatedDisk) => LocalDisk,
): Promise<Outcome> {
  const random = randomNumbers(seed)
  let states = 0
  let bare = new SimulatedDisk()
  for (let round = 0; round < ROUNDS; round++) {
    const deeds = someDeeds(side, random)
    const told = new Set<Deed<Files>>()
    const found: Found<Files>[] = []
    const cut = (): void => {
      for (let cuts = disk.isDurable ? 1 : CUTS_PER_CALL; cuts > 0; cuts--)
        found.push({ disk: disk.losePower(random), told: new Set(told) })
    }
    const disk = bare.watched(cut, random)
    using files = side.mount(through(disk))
    const before = await side.look(files)
    const results = await Promise.allSettled(
      deeds.map(async (deed) => {
        await deed.run(files)
        told.add(deed)
      }),
    )
    cut()
    const after = await side.look(files)
    for (const result of results)
      if (result.status === 'rejected' && !(result.reason instanceof TransferError)) throw result.reason
    for (const state of found) {
      const problem = await judge(side, state, { deeds, before, after, useOn: states++ % USED_ON === 0 })
      if (problem !== undefined) {
        const did = deeds.map((deed) => `${deed.text}${state.told.has(deed) ? ' (told)' : ''}`).join('; ')
        return { states, violation: `seed ${seed}, round ${round}: ${problem} after: ${did}` }
      }
    }
    // Most histories go on; some lose power for good.
    const last = random() < 0.3 ? pick(random, found).disk : disk
    // What a check of the file system would mend.
    bare = last.hasTwoNames ? disk : last
    bare.settle()
  }
  return { states, violation: undefined }
}

function someDeeds<Files extends Disposable>(side: Side<Files>, random: Random): readonly Deed<Files>[] {
  const deeds: Deed<Files>[] = []
  for (let count = 1 + Math.floor(random() * 3); count > 0; count--) {
    const deed = side.anyDeed(random)
    if (deeds.every((other) => areApart(deed, other))) deeds.push(deed)
  }
  return deeds
}

/** What was done to a disk before its power was cut. */
interface Round<Files> {
  readonly deeds: readonly Deed<Files>[]
  readonly before: World
  readonly after: World
  /** Whether what was cut off is done again. */
  readonly useOn: boolean
}

/** @returns the promise that was broken */
async function judge<Files extends Disposable>(
  side: Side<Files>,
  { disk, told }: Found<Files>,
  { deeds, before, after, useOn }: Round<Files>,
): Promise<string | undefined> {
  using files = side.mount(disk)
  const now = await side.look(files)
  for (const path of new Set([...before.keys(), ...after.keys(), ...now.keys()])) {
    const deed = deeds.find(({ paths }) => paths.some((above) => isWithin(path, above)))
    const [old, fresh, is] = [before.get(path), after.get(path), now.get(path)]
    const isRight =
      deed === undefined || told.has(deed) ? is === fresh : sameContent(is, fresh) || sameContent(is, old)
    if (!isRight) return `${path} shows ${brief(is)}, was ${brief(old)}, becomes ${brief(fresh)},`
  }
  for (const { oneOf, text } of deeds)
    if (oneOf?.some((path) => before.has(path)) && !oneOf.some((path) => now.has(path)))
      return `everything is gone of ${text},`
  if (!useOn) return undefined
  for (const deed of deeds) {
    if (!deed.repeatable) continue
    const failure = await deed.run(files).then(
      () => undefined,
      (error: unknown) => error,
    )
    const again = await side.look(files)
    for (const path of deed.paths)
      if (failure === undefined && !sameContent(again.get(path), after.get(path)))
        return `${path} shows ${brief(again.get(path))} after it was done again, not ${brief(after.get(path))},`
    if (failure !== undefined && !(failure instanceof TransferError)) throw failure
  }
  const left = disk.openDescriptors - side.descriptors
  if (left !== 0) return `${left} descriptors are left open`
  return undefined
}

function brief(shown: string | undefined): string {
  return shown === undefined ? 'nothing' : JSON.stringify(shown.slice(0, 30))
}
