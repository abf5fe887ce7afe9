import { useSignal } from '@preact/signals'
import { formatCount } from '../../format/size.ts'
import { texts } from '../../texts/texts.ts'
import { shownUploads, summarize } from '../state/summary.ts'
import type { Uploads } from '../state/uploads.ts'
import { TrayHeader } from './tray-header.tsx'
import { UnfinishedList, type UnfinishedListProps } from './unfinished-list.tsx'
import { UploadRow } from './upload-row.tsx'

interface UploadTrayProps extends Omit<UnfinishedListProps, 'hasHeading'> {
  readonly uploads: Uploads
}

/** The uploads that run, wait or have ended. It can be folded, and is not there if there is nothing to show. */
export function UploadTray({ uploads, unfinished, onContinue }: UploadTrayProps) {
  const isFolded = useSignal(false)
  uploads.changes.value
  const { queue } = uploads
  const summary = summarize(queue.uploads)
  const hasUnfinished = unfinished.list.length > 0
  if (summary.count === 0 && !hasUnfinished) return null
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
          {hasUnfinished && <UnfinishedList {...{ unfinished, onContinue }} hasHeading={shown.length > 0} />}
        </div>
      )}
    </section>
  )
}
