import { filter } from '../../state/filter.ts'
import { selectOnly } from '../../state/selection.ts'
import { shown } from '../../state/shown.ts'
import { texts } from '../../texts/texts.ts'
import { Icon } from '../common/icon.tsx'
import { focusList } from './entry-id.ts'

/** The id by which the key `/` finds it. */
export const FILTER_ID = 'filter'

/** Shows only the entries whose names contain what is typed. */
export function FilterBox() {
  return (
    <search class="filter">
      <Icon name="search" />
      <input
        id={FILTER_ID}
        type="search"
        placeholder={texts.filter.label}
        aria-label={texts.filter.label}
        aria-keyshortcuts="/"
        autocomplete="off"
        spellcheck={false}
        value={filter}
        onInput={(event) => {
          filter.value = event.currentTarget.value
        }}
        onKeyDown={({ key }) => {
          if (key === 'Escape') filter.value = ''
          if (key !== 'Escape' && key !== 'Enter' && key !== 'ArrowDown') return
          focusList()
          const [first] = shown.value
          if (key !== 'Escape' && first !== undefined) selectOnly(first.name)
        }}
      />
      <span class="key" aria-hidden="true">
        /
      </span>
    </search>
  )
}
