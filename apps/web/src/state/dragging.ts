import { signal } from '@preact/signals'
import { formatPath, type Path } from '../api/path.ts'
import { path } from './route.ts'
import { selected, selection, selectOnly } from './selection.ts'
import { canTransfer, type Transfers, transfer } from './transfer.ts'

/** The entries of this page that the mouse drags. */
const dragged = signal<Pick<Transfers, 'folder' | 'names'> | undefined>(undefined)
/** The path of the folder that they are over. */
const over = signal<string | undefined>(undefined)

/** Begins to drag what is selected, or else the entry with this name. */
export function drag(name: string): void {
  if (!selected.value.has(name)) selectOnly(name)
  dragged.value = { folder: path.value, names: selection.value.map((entry) => entry.name) }
}

export function endDrag(): void {
  dragged.value = undefined
  over.value = undefined
}

/** Notices that the mouse is over a folder. @returns whether what is dragged can be dropped there */
export function dragOver(folder: Path): boolean {
  const isPossible = dragged.value !== undefined && canTransfer(dragged.value, folder)
  over.value = isPossible ? formatPath(folder) : undefined
  return isPossible
}

export function isOver(folder: Path): boolean {
  return over.value === formatPath(folder)
}

/** Moves or copies what is dragged. */
export function dropInto(to: Path, mode: 'move' | 'copy'): void {
  if (dragged.value !== undefined) void transfer({ ...dragged.value, mode, to })
  endDrag()
}
