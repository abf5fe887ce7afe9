import type { Signal } from '@preact/signals'
import { selected } from '../../state/selection.ts'
import { texts } from '../../texts/texts.ts'
import { Menu } from '../common/menu.tsx'
import { MenuItem } from '../common/menu-item.tsx'
import { newFolder, paste, SELECTION_COMMANDS } from './commands.tsx'

/** Where a menu is open, in pixels of the window; undefined if none is. */
export type MenuPosition = { readonly x: number; readonly y: number } | undefined

/** What the right button of the mouse offers: for what is selected, otherwise for the folder. */
export function ContextMenu({ at }: { readonly at: Signal<MenuPosition> }) {
  if (at.value === undefined) return null
  const commands = (selected.value.size > 0 ? SELECTION_COMMANDS : [newFolder, paste]).filter(
    ({ isOffered }) => isOffered(),
  )
  return (
    <Menu
      label={texts.toolbar}
      at={at.value}
      onClose={() => {
        at.value = undefined
      }}
    >
      {commands.map(({ icon, label, shortcut, isDanger, run }) => (
        <MenuItem
          key={label}
          icon={icon}
          label={label}
          shortcut={shortcut}
          isDanger={isDanger}
          onClick={run}
        />
      ))}
    </Menu>
  )
}
