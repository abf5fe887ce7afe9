import { type Signal, useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { open } from '../../state/open.ts'
import { selected, selectNothing, selectOnly, selectTo, toggle } from '../../state/selection.ts'
import { shown } from '../../state/shown.ts'
import type { MenuPosition } from './context-menu.tsx'
import { indexAt } from './entry-id.ts'
import { SELECT_MARK } from './select-mark.tsx'

/** How long a finger rests on an entry to select it, in milliseconds. */
const LONG_PRESS_MS = 450
/** How far a finger may move and still rest, in pixels. */
const STILL = 10

/**
 * What a mouse and a finger do with entries. A click selects and a double click opens; a tap opens, and a long press
 * selects.
 */
export function usePointer(): { readonly menu: Signal<MenuPosition>; readonly handlers: object } {
  const menu = useSignal<MenuPosition>(undefined)
  const press = useRef<
    { readonly x: number; readonly y: number; timer: ReturnType<typeof setTimeout> | undefined } | undefined
  >(undefined)

  function nameOf(event: Event): string | undefined {
    const index = indexAt(event.target)
    return index === undefined ? undefined : shown.value[index]?.name
  }

  function endPress(): void {
    clearTimeout(press.current?.timer)
  }

  const handlers = {
    onPointerDown(event: PointerEvent): void {
      const name = nameOf(event)
      press.current = undefined
      if (event.pointerType === 'mouse' || name === undefined) return
      const rests = (): void => {
        if (press.current !== undefined) press.current.timer = undefined
        toggle(name)
        navigator.vibrate?.(10)
      }
      press.current = { x: event.clientX, y: event.clientY, timer: setTimeout(rests, LONG_PRESS_MS) }
    },
    onPointerMove({ clientX, clientY }: PointerEvent): void {
      if (press.current === undefined) return
      if (Math.hypot(clientX - press.current.x, clientY - press.current.y) > STILL) endPress()
    },
    onPointerUp: endPress,
    onPointerCancel: endPress,
    onClick(event: MouseEvent): void {
      const name = nameOf(event)
      const isTouch = press.current !== undefined
      // A long press has selected it already.
      if (press.current !== undefined && press.current.timer === undefined) return
      if (name === undefined) return selectNothing()
      const isOnMark = event.target instanceof Element && event.target.closest(`.${SELECT_MARK}`) !== null
      if (event.shiftKey) selectTo(name)
      else if (isOnMark || event.ctrlKey || event.metaKey || (isTouch && selected.value.size > 0))
        toggle(name)
      else if (isTouch) open(name)
      else selectOnly(name)
    },
    onDblClick(event: MouseEvent): void {
      const name = nameOf(event)
      if (name !== undefined && press.current === undefined) open(name)
    },
    onContextMenu(event: MouseEvent): void {
      event.preventDefault()
      if (press.current !== undefined) return
      const name = nameOf(event)
      if (name === undefined) selectNothing()
      else if (!selected.value.has(name)) selectOnly(name)
      menu.value = { x: event.clientX, y: event.clientY }
    },
  }
  return { menu, handlers }
}
