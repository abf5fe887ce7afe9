import type { ComponentChildren } from 'preact'
import type { Entry } from '../../api/entry.ts'
import { drag, endDrag, isOver } from '../../state/dragging.ts'
import { path } from '../../state/route.ts'
import { focused, selected } from '../../state/selection.ts'
import { shown } from '../../state/shown.ts'
import { dropTarget } from './drop-target.ts'
import { idOf } from './entry-id.ts'
import { SelectMark } from './select-mark.tsx'

/** What every way to show an entry is given. */
export interface EntryProps {
  readonly entry: Entry
  /** Where it stands among those that are shown. */
  readonly index: number
  /** In pixels. */
  readonly height: number
}

interface EntryOptionProps extends EntryProps {
  readonly look: 'row' | 'tile'
  readonly children: ComponentChildren
}

/** An entry that can be selected, dragged and, if it is a folder, dropped into. */
export function EntryOption({ entry: { name, type }, index, height, look, children }: EntryOptionProps) {
  const isSelected = selected.value.has(name)
  const own = [...path.value, name]
  const isTarget = type === 'folder' && isOver(own)
  return (
    <div
      id={idOf(index)}
      role="option"
      tabIndex={-1}
      class={`entry ${look} ${focused.value === name ? 'focused' : ''} ${isTarget ? 'target' : ''}`}
      aria-selected={isSelected}
      aria-posinset={index + 1}
      aria-setsize={shown.value.length}
      style={{ height: `${height}px` }}
      draggable
      onDragStart={() => drag(name)}
      onDragEnd={endDrag}
      {...(type === 'folder' && dropTarget(own))}
    >
      <SelectMark isSelected={isSelected} />
      {children}
    </div>
  )
}
