import { path } from '../../state/route.ts'
import { focused, selected } from '../../state/selection.ts'
import { shown } from '../../state/shown.ts'
import { idOf } from './entry-id.ts'
import type { EntryItemProps } from './entry-row.tsx'
import { SelectMark } from './select-mark.tsx'
import { Thumbnail } from './thumbnail.tsx'

/** An entry as a picture with its name below. */
export function EntryTile({ entry, index, height }: EntryItemProps) {
  const { name } = entry
  const isSelected = selected.value.has(name)
  return (
    <div
      id={idOf(index)}
      role="option"
      tabIndex={-1}
      class={`entry tile ${focused.value === name ? 'focused' : ''}`}
      aria-selected={isSelected}
      aria-posinset={index + 1}
      aria-setsize={shown.value.length}
      style={{ height: `${height}px` }}
    >
      <SelectMark isSelected={isSelected} />
      <Thumbnail folder={path.value} entry={entry} />
      <bdi class="name" title={name}>
        {name}
      </bdi>
    </div>
  )
}
