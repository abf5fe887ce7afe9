import { explain } from '@ftp/files'
import { TransferError } from '@ftp/protocol'
import type { DescriptorBudget } from './descriptor-budget.ts'
import { quote } from './directory.ts'
import { groupsOf } from './groups.ts'
import { HiddenFile } from './hidden-file.ts'
import type { Home } from './home.ts'
import { Parents } from './parents.ts'
import type { Exclusive, Stored, WholeFile } from './storage.ts'

/** One of several files on its way: it, or why there is none. */
type Step = HiddenFile | TransferError

/** See `storeAll` of the storage: as many files at once as there are descriptors for. */
export async function storeAll(
  home: Home,
  files: readonly WholeFile[],
  { exclusive, descriptors }: { readonly exclusive: Exclusive; readonly descriptors: DescriptorBudget },
): Promise<readonly Stored[]> {
  const stored: Stored[] = []
  for (const group of groupsOf(files, ({ path }) => path, descriptors.capacity)) {
    using _held = await descriptors.take(group.descriptors)
    stored.push(...(await storeGroup(home, group.files, exclusive)))
  }
  return stored
}

/** Every file takes a step before any takes the next one. */
async function storeGroup(
  home: Home,
  files: readonly WholeFile[],
  exclusive: Exclusive,
): Promise<readonly Stored[]> {
  using parents = new Parents(home)
  const steps = await Promise.all(files.map((file) => fill(parents, file)))
  using opened = new DisposableStack()
  for (const step of steps) if (step instanceof HiddenFile) opened.use(step)
  const stored = publishAll(steps, exclusive)
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
    return explain(error, quote(wanted.path))
  }
}

/** All in one transaction: of a file that cannot be published, what was counted is undone alone. */
function publishAll(steps: readonly Step[], exclusive: Exclusive): Stored[] {
  return exclusive(() => steps.map((step) => publish(step, exclusive)))
}

function publish(step: Step, exclusive: Exclusive): Stored {
  if (step instanceof TransferError) return step
  try {
    return step.wanted.onChange === undefined ? step.publish() : exclusive(() => step.publish())
  } catch (error) {
    return explain(error, quote(step.wanted.path))
  }
}

/** Makes the names durable, each directory once. @returns what failed, for each file that it concerns */
async function syncAll(steps: readonly Step[]): Promise<ReadonlyMap<Step | undefined, TransferError>> {
  const failures = new Map<Step | undefined, TransferError>()
  const files = steps.filter((step) => step instanceof HiddenFile)
  const byDirectory = Map.groupBy(files, ({ parent }) => parent)
  await Promise.all(
    Array.from(byDirectory, async ([directory, inIt]) => {
      try {
        await directory.sync()
      } catch (error) {
        for (const file of inIt) failures.set(file, explain(error, quote(file.wanted.path)))
      }
    }),
  )
  return failures
}
