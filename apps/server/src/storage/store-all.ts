import { asInUse, explain } from '@ftp/files'
import { TransferError } from '@ftp/protocol'
import type { DescriptorBudget } from './descriptor-budget.ts'
import { quote } from './directory.ts'
import { groupsOf } from './groups.ts'
import { HiddenFile } from './hidden-file.ts'
import type { Home } from './home.ts'
import { Parents } from './parents.ts'
import type { Exclusive, Publishing, Stored, WholeFile } from './storage.ts'

/** The state of one of several files: the hidden file, or the error that ended its processing. */
type Step = HiddenFile | TransferError

interface Surroundings extends Publishing {
  readonly exclusive: Exclusive
  readonly descriptors: DescriptorBudget
}

/** Implements `Storage.storeAll`: stores as many files at once as there are descriptors for. */
export async function storeAll(
  home: Home,
  files: readonly WholeFile[],
  surroundings: Surroundings,
): Promise<readonly Stored[]> {
  const { descriptors } = surroundings
  const stored: Stored[] = []
  for (const group of groupsOf(files, ({ path }) => path, descriptors.capacity)) {
    using _held = await descriptors.take(group.descriptors)
    stored.push(...(await storeGroup(home, group.files, surroundings)))
  }
  return stored
}

/** Takes each step for all files before it takes the next step. */
async function storeGroup(
  home: Home,
  files: readonly WholeFile[],
  surroundings: Surroundings,
): Promise<readonly Stored[]> {
  using parents = new Parents(home)
  const steps = await Promise.all(files.map((file) => fill(parents, file)))
  using opened = new DisposableStack()
  for (const step of steps) if (step instanceof HiddenFile) opened.use(step)
  const stored = await publishAll(steps, surroundings)
  const failures = await syncAll(steps)
  return stored.map((one, index) => failures.get(steps[index]) ?? one)
}

async function fill(parents: Parents, wanted: WholeFile): Promise<Step> {
  let file: HiddenFile | undefined
  try {
    file = new HiddenFile(parents, wanted)
    await file.fill()
    return file
  } catch (error) {
    file?.[Symbol.dispose]()
    return explain(error, quote(wanted.path), 'on the server')
  }
}

/**
 * Publishes all files in one transaction. If one cannot be published, only what was counted for that file is
 * undone. If the transaction itself cannot be committed, what was counted is lost, but the files that have
 * their names keep them and count as stored.
 */
async function publishAll(steps: readonly Step[], surroundings: Surroundings): Promise<Stored[]> {
  const { exclusive, isCounted = () => true, writable } = surroundings
  const stored: Stored[] = []
  try {
    await writable?.()
    exclusive(() => {
      const counts = isCounted()
      for (const step of steps) stored.push(publish(step, exclusive, counts))
    })
    return stored
  } catch (error) {
    return steps.map((step, index) => {
      if (index < stored.length) return stored[index]
      return step instanceof TransferError ? step : explain(error, quote(step.wanted.path), 'on the server')
    })
  }
}

function publish(step: Step, exclusive: Exclusive, counts: boolean): Stored {
  if (step instanceof TransferError) return step
  const { onChange } = step.wanted
  try {
    return counts && onChange !== undefined ? exclusive(() => step.publish(onChange)) : step.publish()
  } catch (error) {
    // `busy` has the client send the file again, alone.
    return explain(asInUse(error), quote(step.wanted.path), 'on the server')
  }
}

/**
 * Makes the names durable, with one sync for each directory.
 * @returns the error for each file whose directory failed
 */
async function syncAll(steps: readonly Step[]): Promise<ReadonlyMap<Step | undefined, TransferError>> {
  const failures = new Map<Step | undefined, TransferError>()
  const files = steps.filter((step) => step instanceof HiddenFile)
  const byDirectory = Map.groupBy(files, ({ parent }) => parent)
  await Promise.all(
    Array.from(byDirectory, async ([directory, inIt]) => {
      try {
        await directory.sync()
      } catch (error) {
        for (const file of inIt) failures.set(file, explain(error, quote(file.wanted.path), 'on the server'))
      }
    }),
  )
  return failures
}
