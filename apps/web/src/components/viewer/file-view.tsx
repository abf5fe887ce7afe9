import { useSignal } from '@preact/signals'
import type { Path } from '../../api/path.ts'
import { kindOf } from '../../preview/kind.ts'
import { texts } from '../../texts/texts.ts'
import { TextView } from './text-view.tsx'

interface FileViewProps {
  readonly name: string
  readonly path: Path
  readonly url: string
}

/** A file, as what it is. The browser fetches the parts of a film or a song that are wanted. */
export function FileView({ name, path, url }: FileViewProps) {
  const isBroken = useSignal(false)
  const onError = (): void => {
    isBroken.value = true
  }
  if (isBroken.value) return <p>{texts.viewer.cannot}</p>
  switch (kindOf(name)) {
    case 'image':
      return <img src={url} alt={name} draggable={false} onError={onError} />
    case 'video':
      return <video src={url} controls autoplay playsInline onError={onError} />
    case 'audio':
      return <audio src={url} controls autoplay onError={onError} />
    case 'text':
      return <TextView path={path} />
    default:
      return <p>{texts.viewer.cannot}</p>
  }
}
