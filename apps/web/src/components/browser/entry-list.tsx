import { useEffect, useRef } from 'preact/hooks'
import { folder } from '../../state/folder.ts'
import { layout } from '../../state/preferences.ts'
import { focused } from '../../state/selection.ts'
import { positions, shown } from '../../state/shown.ts'
import { viewport } from '../../state/viewport.ts'
import { texts } from '../../texts/texts.ts'
import { ContextMenu } from './context-menu.tsx'
import { EmptyFolder } from './empty-folder.tsx'
import { idOf, LIST_ID } from './entry-id.ts'
import { EntryRow } from './entry-row.tsx'
import { EntryTile } from './entry-tile.tsx'
import { ListHeader } from './list-header.tsx'
import { usePointer } from './use-pointer.ts'
import { useViewport } from './use-viewport.ts'
import { scrollTopFor, visibleRange } from './visible-range.ts'

/**
 * The entries of the folder. Only those that can be seen, and a few around them, are in the document, so that a folder
 * may have any number of them.
 */
export function EntryList() {
  const scroller = useRef<HTMLDivElement>(null)
  useViewport(scroller, layout.value)
  const { menu, handlers } = usePointer()
  const { columns, rowHeight } = viewport.value
  const { first, end, offset, total } = visibleRange(viewport.value, shown.value.length)
  const Item = layout.value === 'grid' ? EntryTile : EntryRow
  const focus = focused.value === undefined ? undefined : positions.value.get(focused.value)

  useEffect(() => {
    if (scroller.current !== null) scroller.current.scrollTop = 0
  }, [folder.value.path])
  useEffect(() => {
    const top = focus === undefined ? undefined : scrollTopFor(viewport.peek(), focus)
    if (top !== undefined) scroller.current?.scrollTo({ top })
  }, [focus, rowHeight, columns])

  return (
    <div class={`entries ${layout.value}`}>
      {layout.value === 'list' && <ListHeader />}
      <div ref={scroller} class="scroller" {...handlers}>
        <div
          id={LIST_ID}
          role="listbox"
          tabIndex={0}
          aria-label={folder.value.path.at(-1) ?? texts.home}
          aria-multiselectable="true"
          aria-busy={folder.value.isLoading}
          aria-activedescendant={focus === undefined ? undefined : idOf(focus)}
          style={{ height: `${total}px` }}
        >
          <div
            role="presentation"
            class="window"
            style={{
              transform: `translateY(${offset}px)`,
              gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
            }}
          >
            {shown.value.slice(first, end).map((entry, index) => (
              <Item key={entry.name} entry={entry} index={first + index} height={rowHeight} />
            ))}
          </div>
        </div>
        <EmptyFolder />
      </div>
      <ContextMenu at={menu} />
    </div>
  )
}
