import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { sortOrder } from '../../state/preferences.ts'
import type { SortKey } from '../../state/sort.ts'
import { texts } from '../../texts/texts.ts'
import { IconButton } from '../common/icon-button.tsx'
import { Menu } from '../common/menu.tsx'
import { MenuItem } from '../common/menu-item.tsx'

export const SORT_KEYS: readonly SortKey[] = ['name', 'time', 'size']

/** Sorts by a key; if the entries are sorted by it already, the other way round. */
export function sortBy(key: SortKey): void {
  const { key: present, isDescending } = sortOrder.value
  // The newest and the largest are what people look for.
  sortOrder.value = { key, isDescending: key === present ? !isDescending : key !== 'name' }
}

/** Chooses the order where there are no columns to click on: in the grid and on a phone. */
export function SortMenu() {
  const at = useSignal<{ x: number; y: number } | undefined>(undefined)
  const anchor = useRef<HTMLSpanElement>(null)
  const { key: present, isDescending } = sortOrder.value

  function open(): void {
    const box = anchor.current?.getBoundingClientRect()
    if (box !== undefined) at.value = { x: box.left, y: box.bottom + 4 }
  }

  return (
    <span ref={anchor} class="sort-menu">
      <IconButton icon="sort" label={texts.sort.label} onClick={open} />
      {at.value !== undefined && (
        <Menu
          label={texts.sort.label}
          at={at.value}
          onClose={() => {
            at.value = undefined
          }}
        >
          {SORT_KEYS.map((key) => (
            <MenuItem
              key={key}
              icon={key !== present ? 'sort' : isDescending ? 'down' : 'up'}
              label={texts.sort[key]}
              onClick={() => sortBy(key)}
            />
          ))}
        </Menu>
      )}
    </span>
  )
}
