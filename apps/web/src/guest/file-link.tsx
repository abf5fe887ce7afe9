import type { LinkTarget } from '../api/link.ts'
import { Icon } from '../components/common/icon.tsx'
import { formatTime } from '../format/date.ts'
import { formatSize } from '../format/size.ts'
import { texts } from '../texts/texts.ts'

interface FileLinkProps {
  readonly file: Extract<LinkTarget, { kind: 'file' }>
  readonly base: string
}

/** A link to one file. */
export function FileLink({ file: { name, size, time }, base }: FileLinkProps) {
  const words = texts.share.guest
  return (
    <main class="centered">
      <div class="card guest-file">
        <Icon name="file" />
        <h1>
          <bdi>{name}</bdi>
        </h1>
        <p class="soft">{`${formatSize(size)} · ${words.changed(formatTime(time))}`}</p>
        <a class="button primary" href={`${base}?download`} download={name}>
          <Icon name="download" />
          {words.download}
        </a>
      </div>
    </main>
  )
}
