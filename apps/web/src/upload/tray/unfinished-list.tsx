import { Icon } from '../../components/common/icon.tsx'
import { formatSize } from '../../format/size.ts'
import { notify, notifyError } from '../../state/notices.ts'
import { texts } from '../../texts/texts.ts'
import { chooseFile } from '../sources/chosen-files.ts'
import type { UnfinishedUpload } from '../unfinished/unfinished-upload.ts'
import type { UnfinishedUploads } from '../unfinished/unfinished-uploads.ts'

export interface UnfinishedListProps {
  readonly unfinished: UnfinishedUploads
  /** Whether something else is above it, so that it has to say what it is. */
  readonly hasHeading: boolean
  /** The user has chosen the file of an upload again. */
  readonly onContinue: (path: string, file: File) => void
}

/** The uploads that earlier pages have left. A page cannot read a file again until its user has chosen it again. */
export function UnfinishedList({ unfinished, hasHeading, onContinue }: UnfinishedListProps) {
  const words = texts.upload.unfinished

  async function choose({ path }: UnfinishedUpload): Promise<void> {
    const file = await chooseFile()
    const name = path.split('/').at(-1) ?? ''
    if (file === undefined) return
    if (file.name === name) onContinue(path, file)
    else notify(words.otherName(name), { kind: 'error' })
  }

  return (
    <section class="unfinished">
      {hasHeading && <h3>{texts.upload.heading.unfinished}</h3>}
      <p class="soft">{words.explanation}</p>
      <ul>
        {unfinished.list.map((upload) => (
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
                  onClick={() => void choose(upload)}
                >
                  {words.choose}
                </button>
                <button
                  type="button"
                  class="danger"
                  aria-label={`${words.discard}: ${upload.path}`}
                  onClick={() => void unfinished.discard(upload).catch(notifyError)}
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
