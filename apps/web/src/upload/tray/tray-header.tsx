import { IconButton } from '../../components/common/icon-button.tsx'
import { formatDuration } from '../../format/duration.ts'
import { formatSize } from '../../format/size.ts'
import { openDialog } from '../../state/dialog.ts'
import { texts } from '../../texts/texts.ts'
import type { UploadQueue } from '../queue/upload-queue.ts'
import type { Summary } from '../state/summary.ts'
import type { Uploads } from '../state/uploads.ts'
import { ClashDialog } from './clash-dialog.tsx'
import { ProgressBar } from './progress-bar.tsx'

interface TrayHeaderProps {
  readonly uploads: Uploads
  readonly summary: Summary
  readonly isFolded: boolean
  readonly onFold: () => void
}

/** All uploads in one line, with what can be done with all of them. */
export function TrayHeader({ uploads, summary, isFolded, onFold }: TrayHeaderProps) {
  const words = texts.upload
  const { queue } = uploads
  const { active, paused, clashing, failed, size, sent } = summary
  const isOver = active + paused + clashing === 0
  return (
    <header class="tray-header">
      <div class="tray-line">
        <h2 aria-live="polite">{headingOf(summary)}</h2>
        {clashing > 0 && (
          <button
            type="button"
            class="quiet"
            onClick={() => {
              openDialog.value = <ClashDialog uploads={uploads} />
            }}
          >
            {words.decide}
          </button>
        )}
        {isOver && failed > 0 && (
          <button type="button" class="quiet" onClick={() => queue.resume()}>
            {words.retryAll}
          </button>
        )}
        {active > 0 && <IconButton icon="pause" label={words.pause} onClick={() => queue.pause()} />}
        {active === 0 && paused > 0 && (
          <IconButton icon="play" label={words.resume} onClick={() => queue.resume()} />
        )}
        <IconButton
          icon={isFolded ? 'up' : 'down'}
          label={isFolded ? words.unfold : words.fold}
          onClick={onFold}
        />
        {isOver && summary.count > 0 && (
          <IconButton icon="close" label={words.clear} onClick={() => queue.clear()} />
        )}
        {!isOver && (
          <IconButton icon="close" label={words.cancelAll} onClick={() => queue.cancel(queue.uploads)} />
        )}
      </div>
      {!isOver && (
        <>
          <ProgressBar label={words.title} value={sent} max={size} />
          <p class="soft tray-pace">
            <span>{words.progress(formatSize(sent), formatSize(size))}</span>
            <span>{active > 0 && paceOf(queue, size - sent)}</span>
          </p>
        </>
      )}
    </header>
  )
}

function headingOf({ count, active, unreachable, paused, clashing, failed, done }: Summary): string {
  const { heading } = texts.upload
  if (count === 0) return heading.unfinished
  if (active > 0) return unreachable > 0 ? heading.unreachable : heading.active(done, count)
  if (clashing > 0) return heading.clashing(clashing)
  if (paused > 0) return heading.paused
  return failed > 0 ? heading.failed(failed) : heading.done(done)
}

/** How fast it goes, and how long it will take. */
function paceOf(queue: UploadQueue, left: number): string {
  const speed = queue.speed.at(performance.now())
  if (speed === undefined || speed < 1) return ''
  return texts.upload.pace(formatSize(speed), texts.upload.left(formatDuration(left / speed)))
}
