import { useRef } from 'preact/hooks'

interface SwipeListener {
  readonly onLeft: () => void
  readonly onRight: () => void
  readonly onDown: () => void
}

/** How far a finger has to move, in pixels. */
const FAR = 48

/** @returns handlers for the element on which a finger swipes */
export function useSwipe({ onLeft, onRight, onDown }: SwipeListener) {
  const start = useRef<{ readonly x: number; readonly y: number } | undefined>(undefined)
  return {
    onPointerDown({ pointerType, clientX, clientY, isPrimary, target }: PointerEvent): void {
      const isSwipe = pointerType !== 'mouse' && isPrimary && !(target instanceof HTMLMediaElement)
      start.current = isSwipe ? { x: clientX, y: clientY } : undefined
    },
    onPointerUp({ clientX, clientY }: PointerEvent): void {
      if (start.current === undefined) return
      const [right, down] = [clientX - start.current.x, clientY - start.current.y]
      start.current = undefined
      if (Math.abs(right) > Math.abs(down)) {
        if (right < -FAR) onLeft()
        if (right > FAR) onRight()
      } else if (down > 2 * FAR) onDown()
    },
    onPointerCancel(): void {
      start.current = undefined
    },
  }
}
