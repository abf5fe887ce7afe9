import { Icon } from '../common/icon.tsx'

/** The class by which a click on it is known. */
export const SELECT_MARK = 'select-mark'

/** Shows whether an entry is selected; a click on it selects one more. The keyboard does this with the space bar. */
export function SelectMark({ isSelected }: { readonly isSelected: boolean }) {
  return (
    <span class={SELECT_MARK} aria-hidden="true">
      {isSelected && <Icon name="check" />}
    </span>
  )
}
