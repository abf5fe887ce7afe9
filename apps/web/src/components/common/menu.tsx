import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

interface MenuProps {
  readonly label: string
  /** Where its corner is, in pixels of the window. */
  readonly at: { readonly x: number; readonly y: number }
  readonly onClose: () => void
  /** {@link MenuItem}s. */
  readonly children: ComponentChildren
}

/** A list of commands above the page. Arrows move between them; a click elsewhere, Escape or a choice closes it. */
export function Menu({ label, at, onClose, children }: MenuProps) {
  const menu = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const element = menu.current
    if (element === null) return
    const opener = document.activeElement
    keepInside(element, at)
    itemsOf(element)[0]?.focus()
    return () => {
      if (opener instanceof HTMLElement && !document.querySelector('dialog[open]')) opener.focus()
    }
  }, [at.x, at.y])

  function onKeyDown(event: KeyboardEvent): void {
    event.stopPropagation()
    const items = itemsOf(menu.current)
    const index = items.findIndex((item) => item.matches(':focus'))
    const next = {
      ...{ ArrowDown: (index + 1) % items.length, ArrowUp: (index || items.length) - 1 },
      ...{ Home: 0, End: items.length - 1 },
    }[event.key]
    if (event.key === 'Escape' || event.key === 'Tab') onClose()
    if (next === undefined) return
    event.preventDefault()
    items[next]?.focus()
  }

  return (
    <>
      <div
        class="menu-ground"
        aria-hidden="true"
        onPointerDown={onClose}
        onContextMenu={(event) => event.preventDefault()}
      />
      <div
        ref={menu}
        class="menu"
        role="menu"
        tabIndex={-1}
        aria-label={label}
        onKeyDown={onKeyDown}
        onClick={onClose}
      >
        {children}
      </div>
    </>
  )
}

function itemsOf(menu: HTMLElement | null): HTMLElement[] {
  return [...(menu?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])]
}

function keepInside(menu: HTMLElement, { x, y }: MenuProps['at']): void {
  menu.style.left = `${Math.max(8, Math.min(x, innerWidth - menu.offsetWidth - 8))}px`
  menu.style.top = `${Math.max(8, Math.min(y, innerHeight - menu.offsetHeight - 8))}px`
}
