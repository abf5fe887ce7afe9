import { sortOrder } from '../../state/preferences.ts'
import { texts } from '../../texts/texts.ts'
import { Icon } from '../common/icon.tsx'
import { SORT_KEYS, sortBy } from './sort-menu.tsx'

/** The titles of the columns, which sort by them. */
export function ListHeader() {
  const { key: present, isDescending } = sortOrder.value
  return (
    <div class="list-header" role="toolbar" aria-label={texts.sort.label}>
      {SORT_KEYS.map((key) => (
        <button
          key={key}
          type="button"
          class={key}
          aria-pressed={key === present}
          onClick={() => sortBy(key)}
        >
          {texts.sort[key]}
          {key === present && <Icon name={isDescending ? 'down' : 'up'} />}
        </button>
      ))}
    </div>
  )
}
