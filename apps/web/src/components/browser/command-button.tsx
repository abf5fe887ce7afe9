import { Icon } from '../common/icon.tsx'
import type { Command } from './commands.tsx'

interface CommandButtonProps {
  readonly command: Command
  readonly isPrimary?: boolean
}

/** A button for a command; nothing, if it cannot be done now. */
export function CommandButton({ command, isPrimary = false }: CommandButtonProps) {
  const { icon, label, shortcut, isDanger = false, isOffered, run } = command
  if (!isOffered()) return null
  const look = isPrimary ? 'primary' : isDanger ? 'danger' : ''
  return (
    <button
      type="button"
      class={`command ${look}`}
      title={shortcut === undefined ? label : `${label} (${shortcut})`}
      onClick={run}
    >
      <Icon name={icon} />
      <span>{label}</span>
    </button>
  )
}
