import { Icon } from '../../components/common/icon.tsx'
import { formatSize } from '../../format/size.ts'
import { notifyError } from '../../state/notices.ts'
import { texts } from '../../texts/texts.ts'
import type { UnfinishedUpload } from '../unfinished/unfinished-upload.ts'

export interface UnfinishedListProps {
  readonly unfinished: readonly UnfinishedUpload[]
  /** Whether something else is above it, so that it has to say what it is. */
  readonly hasHeading: boolean
  /** Lets the user choose the file again. */
  readonly onContinue: (upload: UnfinishedUpload) => Promise<void>
  readonly onDiscard: (upload: UnfinishedUpload) => Promise<void>
}

/** The uploads that earlier pages have left. A page cannot read a file again until its user has chosen it again. */
export function UnfinishedList({ unfinished, hasHeading, onContinue, onDiscard }: UnfinishedListProps) {
  const words = texts.upload.unfinished
  return (
    <section class="unfinished">
      {hasHeading && <h3>{texts.upload.heading.unfinished}</h3>}
      <p class="soft">{words.explanation}</p>
      <ul>
        {unfinished.map((upload) => (
          <li key={upload.url} class="upload">
            <Icon name="file" />
            <div class="upload-text">
              <p class="upload-name">
                <bdi>{upload.path}</bdi>
              </p>
              <p class="soft">{describe(upload)}</p>
            </div>
            {!upload.isRunning && (
              <div class="upload-buttons">
                <button
                  type="button"
                  aria-label={`${words.choose}: ${upload.path}`}
                  onClick={() => void onContinue(upload)}
                >
                  {words.choose}
                </button>
                <button
                  type="button"
                  class="danger"
                  aria-label={`${words.discard}: ${upload.path}`}
                  onClick={() => void onDiscard(upload).catch(notifyError)}
                >
                  {words.discard}
                </button>
              </div>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

function describe({ isRunning, size, length }: UnfinishedUpload): string {
  const words = texts.upload.unfinished
  if (isRunning) return words.running
  return length === undefined
    ? words.hasOf(formatSize(size))
    : words.has(formatSize(size), formatSize(length))
}
