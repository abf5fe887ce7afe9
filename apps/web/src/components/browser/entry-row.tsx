import type { Entry } from '../../api/entry.ts'
import { formatTime } from '../../format/date.ts'
import { formatSize } from '../../format/size.ts'
import { focused, selected } from '../../state/selection.ts'
import { shown } from '../../state/shown.ts'
import { Icon } from '../common/icon.tsx'
import { iconOf } from './entry-icon.ts'
import { idOf } from './entry-id.ts'
import { SelectMark } from './select-mark.tsx'

export interface EntryItemProps {
  readonly entry: Entry
  /** Where it stands among those that are shown. */
  readonly index: number
  /** In pixels. */
  readonly height: number
}

/** An entry as one line: its name, when it was changed, and its size. */
export function EntryRow({ entry, index, height }: EntryItemProps) {
  const { name, type, size, time } = entry
  const isSelected = selected.value.has(name)
  return (
    <div
      id={idOf(index)}
      role="option"
      tabIndex={-1}
      class={`entry row ${focused.value === name ? 'focused' : ''}`}
      aria-selected={isSelected}
      aria-posinset={index + 1}
      aria-setsize={shown.value.length}
      style={{ height: `${height}px` }}
    >
      <SelectMark isSelected={isSelected} />
      <Icon name={iconOf(entry)} />
      <bdi class="name" title={name}>
        {name}
      </bdi>
      <time class="time">{formatTime(time)}</time>
      <span class="size">{type === 'file' ? formatSize(size) : ''}</span>
    </div>
  )
}
