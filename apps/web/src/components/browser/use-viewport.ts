import type { RefObject } from 'preact'
import { useEffect } from 'preact/hooks'
import type { Layout } from '../../state/preferences.ts'
import { type Viewport, viewport } from '../../state/viewport.ts'

/** From this width on, in pixels, the window is more than a phone; the style sheets have the same number. */
const WIDE = 720
/** In pixels. */
const ROW_HEIGHT = { wide: 40, narrow: 56 }
const TILE = { wide: { width: 168, height: 184 }, narrow: { width: 112, height: 136 } }

/** Follows what of the scrolling element is visible. */
export function useViewport(scroller: RefObject<HTMLElement | null>, layout: Layout): void {
  useEffect(() => {
    const element = scroller.current
    if (element === null) return
    const update = (): void => {
      viewport.value = measure(element, layout)
    }
    update()
    const observer = new ResizeObserver(update)
    observer.observe(element)
    element.addEventListener('scroll', update, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', update)
    }
  }, [layout])
}

function measure(element: HTMLElement, layout: Layout): Viewport {
  const size = innerWidth >= WIDE ? 'wide' : 'narrow'
  const { scrollTop: top, clientHeight: height, clientWidth: width } = element
  if (layout === 'list') return { top, height, rowHeight: ROW_HEIGHT[size], columns: 1 }
  const tile = TILE[size]
  return { top, height, rowHeight: tile.height, columns: Math.max(1, Math.floor(width / tile.width)) }
}
