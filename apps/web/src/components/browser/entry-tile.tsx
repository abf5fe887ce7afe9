import { path } from '../../state/route.ts'
import { EntryOption, type EntryProps } from './entry-option.tsx'
import { Thumbnail } from './thumbnail.tsx'

/** An entry as a picture with its name below. */
export function EntryTile(props: EntryProps) {
  const { name } = props.entry
  return (
    <EntryOption {...props} look="tile">
      <Thumbnail folder={path.value} entry={props.entry} />
      <bdi class="name" title={name}>
        {name}
      </bdi>
    </EntryOption>
  )
}
