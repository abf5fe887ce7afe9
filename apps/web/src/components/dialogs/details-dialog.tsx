import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Entry } from '../../api/entry.ts'
import { digest } from '../../api/files.ts'
import type { Path } from '../../api/path.ts'
import { formatExactTime } from '../../format/date.ts'
import { formatCount, formatSize } from '../../format/size.ts'
import { describeError } from '../../state/notices.ts'
import { texts } from '../../texts/texts.ts'
import { Dialog } from '../common/dialog.tsx'

interface DetailsDialogProps {
  readonly folder: Path
  readonly entry: Entry
}

/** Everything that the server knows about a file or folder. */
export function DetailsDialog({ folder, entry }: DetailsDialogProps) {
  const words = texts.details
  const { name, type, size, time } = entry
  return (
    <Dialog title={words.title}>
      <dl class="details">
        <dt>{words.name}</dt>
        <dd>
          <bdi>{name}</bdi>
        </dd>
        <dt>{words.folder}</dt>
        <dd>
          <bdi>/{folder.join('/')}</bdi>
        </dd>
        <dt>{words.changed}</dt>
        <dd>{formatExactTime(time)}</dd>
        {type === 'file' && (
          <>
            <dt>{words.size}</dt>
            <dd>
              {formatSize(size)} ({words.bytes(formatCount(size))})
            </dd>
            <dt>MD5</dt>
            <dd>
              <Digest folder={folder} entry={entry} />
            </dd>
          </>
        )}
      </dl>
    </Dialog>
  )
}

/** The MD5 of a file. The server may have to read the file first. */
function Digest({ folder, entry }: DetailsDialogProps) {
  const md5 = useSignal(entry.md5 ?? texts.details.computing)
  useEffect(() => {
    if (entry.md5 !== undefined) return
    const stop = new AbortController()
    digest([...folder, entry.name], stop.signal).then(
      (value) => {
        md5.value = value
      },
      (error) => {
        if (!stop.signal.aborted) md5.value = describeError(error)
      },
    )
    return () => stop.abort()
  }, [folder, entry])
  return <code>{md5}</code>
}
