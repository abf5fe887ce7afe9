import { Icon } from '../../components/common/icon.tsx'
import { IconButton } from '../../components/common/icon-button.tsx'
import { formatSize } from '../../format/size.ts'
import { texts } from '../../texts/texts.ts'
import type { Upload } from '../queue/upload.ts'
import type { UploadQueue } from '../queue/upload-queue.ts'
import { ProgressBar } from './progress-bar.tsx'

interface UploadRowProps {
  readonly upload: Upload
  readonly queue: UploadQueue
}

/** One upload: its name, how far it is, and what can be done about it. */
export function UploadRow({ upload, queue }: UploadRowProps) {
  const { name, size, sent, state, notice } = upload
  const isFailed = state.type === 'failed'
  const isMoving = state.type === 'sending' || state.type === 'unreachable' || state.type === 'paused'
  return (
    <li class={`upload upload-${state.type}`}>
      <Icon name={state.type === 'done' ? 'check' : upload.item.file === undefined ? 'folder' : 'file'} />
      <div class="upload-text">
        <p class="upload-name" title={upload.path.join('/')}>
          <bdi>{name}</bdi>
        </p>
        {isMoving && <ProgressBar label={name} value={sent} max={size} />}
        <p class={isFailed ? 'error' : 'soft'}>{describe(upload)}</p>
        {notice !== undefined && <p class="soft">{texts.upload.notice[notice]}</p>}
      </div>
      <UploadButtons upload={upload} queue={queue} />
    </li>
  )
}

function UploadButtons({ upload, queue }: UploadRowProps) {
  const words = texts.upload
  const { name, state } = upload
  const labelOf = (action: string): string => `${action}: ${name}`
  const canPause = !upload.isOver && state.type !== 'clashing' && state.type !== 'paused'
  return (
    <div class="upload-buttons">
      {canPause && (
        <IconButton icon="pause" label={labelOf(words.pause)} onClick={() => queue.pause([upload])} />
      )}
      {state.type === 'paused' && (
        <IconButton icon="play" label={labelOf(words.resume)} onClick={() => queue.resume([upload])} />
      )}
      {state.type === 'failed' && (
        <IconButton icon="refresh" label={labelOf(words.retry)} onClick={() => queue.resume([upload])} />
      )}
      {state.type !== 'done' && (
        <IconButton icon="close" label={labelOf(words.cancel)} onClick={() => queue.cancel([upload])} />
      )}
    </div>
  )
}

/** One sentence about the state of an upload. */
function describe({ state, sent, size }: Upload): string {
  const words = texts.upload
  switch (state.type) {
    case 'sending':
      return words.progress(formatSize(sent), formatSize(size))
    case 'comparing':
      return words.state.comparing(formatSize(state.bytes))
    case 'failed':
      return words.failure[state.reason.code] ?? texts.errors.other(state.reason.message)
    default:
      return words.state[state.type]
  }
}
