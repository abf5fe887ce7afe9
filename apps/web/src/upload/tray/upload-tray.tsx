import { useSignal } from '@preact/signals'
import { formatCount } from '../../format/size.ts'
import { texts } from '../../texts/texts.ts'
import { shownUploads, summarize } from '../state/summary.ts'
import type { Uploads } from '../state/uploads.ts'
import { TrayHeader } from './tray-header.tsx'
import { UnfinishedList, type UnfinishedListProps } from './unfinished-list.tsx'
import { UploadRow } from './upload-row.tsx'

interface UploadTrayProps {
  readonly uploads: Uploads
  /** What earlier pages have left, for those who have an account. */
  readonly earlier?: Omit<UnfinishedListProps, 'hasHeading'> | undefined
}

/** The uploads that run, wait or have ended. It can be folded, and is not there if there is nothing to show. */
export function UploadTray({ uploads, earlier }: UploadTrayProps) {
  const isFolded = useSignal(false)
  uploads.changes.value
  const { queue } = uploads
  const summary = summarize(queue.uploads)
  const hasEarlier = earlier !== undefined && earlier.unfinished.length > 0
  if (summary.count === 0 && !hasEarlier) return null
  const shown = shownUploads(queue.uploads)
  const hidden = summary.count - shown.length
  return (
    <section class="tray" aria-label={texts.upload.title}>
      <TrayHeader
        {...{ uploads, summary, isFolded: isFolded.value }}
        onFold={() => {
          isFolded.value = !isFolded.value
        }}
      />
      {!isFolded.value && (
        <div class="tray-body">
          {shown.length > 0 && (
            <ul>
              {shown.map((upload) => (
                <UploadRow key={upload.id} upload={upload} queue={queue} />
              ))}
            </ul>
          )}
          {hidden > 0 && <p class="soft tray-more">{texts.upload.more(formatCount(hidden))}</p>}
          {hasEarlier && <UnfinishedList {...earlier} hasHeading={shown.length > 0} />}
        </div>
      )}
    </section>
  )
}
