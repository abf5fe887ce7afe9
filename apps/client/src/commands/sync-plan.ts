import type { Entry } from '@ftp/protocol'
import { TransferError } from '@ftp/protocol'
import type { Filter } from './filter.ts'
import type { LocalEntry } from './local-tree.ts'
import type { Side } from './sync-side.ts'

/** Something that has to be done so that the target becomes like the source. */
export type Change =
  | { readonly change: 'new' | 'changed'; readonly entry: TreeEntry }
  | { readonly change: 'delete'; readonly entry: TreeEntry }
  | { readonly failure: TransferError }
  | { readonly leftOut: string }

export type TreeEntry = LocalEntry | Entry

export interface PlanOptions {
  readonly filter: Filter
  readonly delete: boolean
  /** Whether an empty or missing source may empty the target. */
  readonly allowEmpty: boolean
  /** How many entries may be deleted. */
  readonly maxDelete: number
  /** Whether the content of two files of one size is the same; without it, equal times are believed. */
  readonly sameContent?: ((name: string) => Promise<boolean>) | undefined
}

/**
 * Compares two trees while they are listed. What is only in the target comes last, and not at all when anything of
 * the source could not be read: it might be there.
 */
export async function* planSync(source: Side, target: Side, options: PlanOptions): AsyncGenerator<Change> {
  const failures: TransferError[] = []
  const held = new Map<string, TreeEntry>()
  /** Directories of the target with something in them that takes no part: they stay. */
  const excluded = new Set<string>()
  if (await target.exists())
    for await (const entry of target.walk((failure) => failures.push(failure)))
      if (options.filter(entry)) held.set(entry.name, entry)
      else for (const above of foldersAbove(entry.name)) excluded.add(above)
  let seen = 0
  for await (const entry of source.walk((failure) => failures.push(failure))) {
    if (!options.filter(entry)) continue
    seen++
    const there = held.get(entry.name)
    held.delete(entry.name)
    if (entry.type !== 'file' && entry.type !== 'directory') yield { leftOut: entry.name }
    else if (there !== undefined && there.type !== entry.type) {
      const text = `"${entry.name}" is a ${entry.type} in the source and a ${there.type} in the target; remove it there first`
      failures.push(new TransferError('exists', text))
    } else if (there === undefined) yield { change: 'new', entry }
    else if (entry.type === 'file' && !(await isSame(entry, there, options)))
      yield { change: 'changed', entry }
  }
  for (const failure of failures) yield { failure }
  for (const name of excluded) held.delete(name)
  if (!options.delete || held.size === 0 || failures.length > 0) return
  const refusal = refuseToDelete(held.size, seen, options)
  if (refusal !== undefined) yield { failure: refusal }
  else for (const entry of held.values()) if (!isBelow(entry.name, held)) yield { change: 'delete', entry }
}

async function isSame(one: TreeEntry, other: TreeEntry, { sameContent }: PlanOptions): Promise<boolean> {
  if (one.size !== other.size) return false
  return sameContent === undefined ? one.mtime === other.mtime : await sameContent(one.name)
}

function refuseToDelete(
  count: number,
  seen: number,
  { allowEmpty, maxDelete }: PlanOptions,
): TransferError | undefined {
  if (seen === 0 && !allowEmpty)
    return new TransferError('bad_request', 'the source is empty; add --allow-empty to empty the target too')
  if (count > maxDelete)
    return new TransferError(
      'bad_request',
      `${count} entries would be deleted, --max-delete allows ${maxDelete}; nothing was deleted`,
    )
  return undefined
}

/** Whether a directory above it goes, and it with that. */
function isBelow(name: string, all: ReadonlyMap<string, unknown>): boolean {
  return foldersAbove(name).some((folder) => all.has(folder))
}

function foldersAbove(name: string): string[] {
  const names = name.split('/')
  return names.slice(1).map((_, index) => names.slice(0, index + 1).join('/'))
}
