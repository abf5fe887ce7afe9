import { computed, signal } from '@preact/signals'
import type { Entry } from '../api/entry.ts'
import { remove } from '../api/files.ts'
import { formatPath, type Path } from '../api/path.ts'
import { texts } from '../texts/texts.ts'
import { eachOf } from './each-of.ts'
import { dropEntries, folder } from './folder.ts'
import { notify, notifyError } from './notices.ts'
import { refreshAccount } from './session.ts'

/** What the user has deleted, as long as it can be undone. */
interface Removal {
  readonly folder: Path
  readonly names: readonly string[]
}

/** How long a deletion can be undone, in milliseconds. */
const UNDO_MS = 5_000

const pending = signal<readonly Removal[]>([])

/** The names in the shown folder that are about to be deleted, and are no longer shown. */
export const removing = computed<ReadonlySet<string>>(() => {
  const here = formatPath(folder.value.path)
  const removals = pending.value.filter((removal) => formatPath(removal.folder) === here)
  return new Set(removals.flatMap(({ names }) => names))
})

/** Deletes entries of a folder, unless the user undoes it within some seconds. */
export function removeSoon(from: Path, entries: readonly Entry[]): void {
  const removal: Removal = { folder: from, names: entries.map(({ name }) => name) }
  const undo = (): void => {
    clearTimeout(timer)
    forget(removal)
    closeNotice()
  }
  const closeNotice = notify(texts.remove.done(removal.names), {
    action: { label: texts.remove.undo, run: undo },
  })
  const timer = setTimeout(() => void carryOut(removal), UNDO_MS)
  pending.value = [...pending.value, removal]
}

/** Deletes at once what waits to be deleted, as the page is left. */
export function removeBeforeLeaving(): void {
  addEventListener('pagehide', () => {
    for (const { folder, names } of pending.value)
      for (const name of names) void remove([...folder, name], true).catch(() => {})
    pending.value = []
  })
}

async function carryOut(removal: Removal): Promise<void> {
  if (!pending.value.includes(removal)) return
  const removed: string[] = []
  const failures = await eachOf(removal.names, async (name) => {
    await remove([...removal.folder, name])
    removed.push(name)
  })
  dropEntries(removal.folder, new Set(removed))
  forget(removal)
  void refreshAccount()
  if (failures.length > 0) notifyError(failures[0])
}

function forget(removal: Removal): void {
  pending.value = pending.value.filter((other) => other !== removal)
}
