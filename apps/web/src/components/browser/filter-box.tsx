import { filter } from '../../state/filter.ts'
import { texts } from '../../texts/texts.ts'
import { Icon } from '../common/icon.tsx'

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
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          filter.value = ''
          event.currentTarget.blur()
        }}
      />
      <span class="key" aria-hidden="true">
        /
      </span>
    </search>
  )
}
