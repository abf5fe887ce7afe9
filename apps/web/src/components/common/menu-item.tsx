import { Icon, type IconName } from './icon.tsx'

interface MenuItemProps {
  readonly icon: IconName
  readonly label: string
  /** The key that does the same. */
  readonly shortcut?: string | undefined
  readonly isDanger?: boolean | undefined
  readonly onClick: () => void
}

/** One command of a menu. */
export function MenuItem({ icon, label, shortcut, isDanger = false, onClick }: MenuItemProps) {
  return (
    <button type="button" role="menuitem" class={isDanger ? 'danger' : ''} onClick={onClick}>
      <Icon name={icon} />
      <span>{label}</span>
      {shortcut !== undefined && <kbd>{shortcut}</kbd>}
    </button>
  )
}
