import type { Path } from '../../api/path.ts'
import { dragOver, dropInto } from '../../state/dragging.ts'

/** What a folder does if entries of this page are dragged over it: with Ctrl they are copied, otherwise moved. */
export function dropTarget(folder: Path) {
  return {
    onDragOver(event: DragEvent): void {
      if (dragOver(folder)) event.preventDefault()
    },
    onDrop(event: DragEvent): void {
      event.preventDefault()
      dropInto(folder, event.ctrlKey ? 'copy' : 'move')
    },
  }
}
