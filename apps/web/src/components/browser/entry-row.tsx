import { formatTime } from '../../format/date.ts'
import { formatSize } from '../../format/size.ts'
import { Icon } from '../common/icon.tsx'
import { iconOf } from './entry-icon.ts'
import { EntryOption, type EntryProps } from './entry-option.tsx'

/** An entry as one line: its name, when it was changed, and its size. */
export function EntryRow(props: EntryProps) {
  const { name, type, size, time } = props.entry
  return (
    <EntryOption {...props} look="row">
      <Icon name={iconOf(props.entry)} />
      <bdi class="name" title={name}>
        {name}
      </bdi>
      <time class="time">{formatTime(time)}</time>
      <span class="size">{type === 'file' ? formatSize(size) : ''}</span>
    </EntryOption>
  )
}
