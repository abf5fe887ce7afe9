import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Icon } from '../../components/common/icon.tsx'
import { notify } from '../../state/notices.ts'
import { texts } from '../../texts/texts.ts'
import type { ChosenItem } from '../queue/upload.ts'
import { droppedItems, hasFiles } from '../sources/dropped-files.ts'
import { pastedItems } from '../sources/pasted-files.ts'

interface DropZoneProps {
  /** What happens with what is dropped. */
  readonly label: string
  readonly onItems: (items: readonly ChosenItem[]) => void
}

/** Takes files that are dropped anywhere on the page, or pasted. While files are above the page, it says so. */
export function DropZone({ label, onItems }: DropZoneProps) {
  const isAbove = useSignal(false)
  useEffect(() => {
    // Each element that the pointer enters or leaves sends an event.
    let depth = 0
    const stop = new AbortController()
    const { signal } = stop
    const over = (next: number): void => {
      depth = next
      isAbove.value = depth > 0
    }
    addEventListener('dragenter', (event) => hasFiles(event) && over(depth + 1), { signal })
    addEventListener('dragleave', (event) => hasFiles(event) && over(depth - 1), { signal })
    addEventListener('dragover', (event) => hasFiles(event) && event.preventDefault(), { signal })
    addEventListener(
      'drop',
      (event) => {
        const { dataTransfer } = event
        if (!hasFiles(event) || dataTransfer === null) return
        event.preventDefault()
        over(0)
        droppedItems(dataTransfer).then(onItems, () => notify(texts.upload.unreadableDrop, { kind: 'error' }))
      },
      { signal },
    )
    addEventListener('paste', ({ clipboardData }) => onItems(pastedItems(clipboardData)), { signal })
    return () => stop.abort()
  }, [onItems])
  if (!isAbove.value) return null
  return (
    <div class="drop-zone">
      <Icon name="upload" />
      <p>{label}</p>
    </div>
  )
}
