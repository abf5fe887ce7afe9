import { useEffect } from 'preact/hooks'
import { openDialog } from '../../state/dialog.ts'
import { filter } from '../../state/filter.ts'
import { open } from '../../state/open.ts'
import { layout } from '../../state/preferences.ts'
import { goTo, path, route } from '../../state/route.ts'
import { focused, moveBy, selectAll, selectNothing, toggle } from '../../state/selection.ts'
import { shown } from '../../state/shown.ts'
import { isTypingAhead, typeAhead } from '../../state/type-ahead.ts'
import { viewport } from '../../state/viewport.ts'
import { type Command, copyToClipboard, cutToClipboard, help, paste, remove, rename } from './commands.tsx'
import { focusList } from './entry-id.ts'
import { FILTER_ID } from './filter-box.tsx'

/** Lets the keyboard do everything, wherever the focus is, except where somebody types. */
export function useKeyboard(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.altKey || event.isComposing || isElsewhere(event.target)) return
      const action = event.ctrlKey || event.metaKey ? withControl(event.key) : alone(event)
      if (action === undefined) return
      event.preventDefault()
      action()
    }
    addEventListener('keydown', onKeyDown)
    return () => removeEventListener('keydown', onKeyDown)
  }, [])
}

/** Whether the key is for something else: a field, a dialog, or a file that is viewed. */
function isElsewhere(target: EventTarget | null): boolean {
  if (openDialog.value !== undefined || route.value.viewed !== undefined) return true
  return target instanceof Element && target.matches('input, textarea, select')
}

function withControl(key: string): (() => void) | undefined {
  switch (key.toLowerCase()) {
    case 'a':
      return selectAll
    case 'c':
      return offered(copyToClipboard)
    case 'x':
      return offered(cutToClipboard)
    case 'v':
      return offered(paste)
    default:
      return undefined
  }
}

function alone({ key, shiftKey, target }: KeyboardEvent): (() => void) | undefined {
  const isOnButton = target instanceof Element && target.matches('button, a')
  switch (key) {
    case 'ArrowDown':
    case 'ArrowUp':
    case 'ArrowLeft':
    case 'ArrowRight':
    case 'PageDown':
    case 'PageUp':
    case 'Home':
    case 'End':
      return () => {
        focusList()
        moveBy(distanceOf(key), shiftKey)
      }
    case 'Enter':
      return isOnButton ? undefined : openFocused
    case ' ':
      if (isTypingAhead()) return () => typeAhead(key)
      return isOnButton ? undefined : toggleFocused
    case 'Backspace':
      return () => goTo(path.value.slice(0, -1))
    case 'Escape':
      return () => {
        filter.value = ''
        selectNothing()
      }
    case 'F2':
      return offered(rename)
    case 'Delete':
      return offered(remove)
    case '/':
      return () => document.getElementById(FILTER_ID)?.focus()
    case '?':
      return offered(help)
    default:
      return isCharacter(key) ? () => goToTyped(key) : undefined
  }
}

/** Whether a key is a character, and not the name of a key such as `Tab`. */
function isCharacter(key: string): boolean {
  return [...key].length === 1
}

function goToTyped(character: string): void {
  focusList()
  typeAhead(character)
}

function offered({ isOffered, run }: Command): (() => void) | undefined {
  return isOffered() ? run : undefined
}

function openFocused(): void {
  if (focused.value !== undefined) open(focused.value)
}

function toggleFocused(): void {
  if (focused.value !== undefined) toggle(focused.value)
}

/** How far a key moves, in entries. */
function distanceOf(key: string): number {
  const { columns, height, rowHeight } = viewport.value
  const page = Math.max(1, Math.floor(height / rowHeight) - 1) * columns
  switch (key) {
    case 'ArrowDown':
      return columns
    case 'ArrowUp':
      return -columns
    case 'ArrowRight':
      return layout.value === 'grid' ? 1 : 0
    case 'ArrowLeft':
      return layout.value === 'grid' ? -1 : 0
    case 'PageDown':
      return page
    case 'PageUp':
      return -page
    case 'Home':
      return -shown.value.length
    default:
      return shown.value.length
  }
}
