import type { Viewport } from '../../state/viewport.ts'

/** How many rows are drawn above and below those that are visible, so that quick scrolling shows no gaps. */
const MARGIN = 8

/** The entries that are drawn, and where the first of them is. */
export interface VisibleRange {
  readonly first: number
  /** The one after the last. */
  readonly end: number
  /** The distance of the first row from the top of the list, in pixels. */
  readonly offset: number
  /** The height of the whole list, in pixels. */
  readonly total: number
}

export function visibleRange({ top, height, rowHeight, columns }: Viewport, count: number): VisibleRange {
  const rows = Math.ceil(count / columns)
  const firstRow = Math.max(0, Math.min(Math.floor(top / rowHeight), rows) - MARGIN)
  const endRow = Math.min(rows, Math.ceil((top + height) / rowHeight) + MARGIN)
  return {
    first: firstRow * columns,
    end: Math.max(firstRow * columns, Math.min(count, endRow * columns)),
    offset: firstRow * rowHeight,
    total: rows * rowHeight,
  }
}

/** Where to scroll so that an entry is visible; undefined if it is. */
export function scrollTopFor(
  { top, height, rowHeight, columns }: Viewport,
  index: number,
): number | undefined {
  const start = Math.floor(index / columns) * rowHeight
  if (start < top) return start
  const end = start + rowHeight
  return end > top + height ? end - height : undefined
}
