import { formatCount, formatSize } from '../../format/size.ts'
import { folder } from '../../state/folder.ts'
import { selection } from '../../state/selection.ts'
import { session } from '../../state/session.ts'
import { shown } from '../../state/shown.ts'
import { texts } from '../../texts/texts.ts'
import { SpaceMeter } from './space-meter.tsx'

/** How much is shown, and how much space is left. */
export function StatusBar() {
  const words = texts.status
  const account = session.value.status === 'in' ? session.value.account : undefined
  const entries = selection.value.length > 0 ? selection.value : shown.value
  const size = entries.reduce((sum, { type, size }) => sum + (type === 'file' ? size : 0), 0)
  const count = selection.value.length > 0 ? texts.selection.count : words.count
  return (
    <footer class="status-bar">
      <span>
        {folder.value.isLoading && entries.length === 0
          ? words.loading
          : count(entries.length, formatCount(entries.length))}
        {size > 0 && ` · ${formatSize(size)}`}
      </span>
      {account !== undefined && <SpaceMeter account={account} />}
    </footer>
  )
}
