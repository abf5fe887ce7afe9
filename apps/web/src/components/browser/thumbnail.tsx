import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Entry } from '../../api/entry.ts'
import type { Path } from '../../api/path.ts'
import { kindOf } from '../../preview/kind.ts'
import { findThumbnail, knownThumbnail, type Thumbnail as Picture } from '../../preview/thumbnails.ts'
import { Icon } from '../common/icon.tsx'
import { iconOf } from './entry-icon.ts'

/** How long an entry is on the screen before its picture is fetched, in milliseconds: not while it scrolls by. */
const REST_MS = 120

interface ThumbnailProps {
  readonly folder: Path
  readonly entry: Entry
}

/** A small picture of a picture, otherwise the icon of what it is. */
export function Thumbnail({ folder, entry }: ThumbnailProps) {
  const isPicture = entry.type === 'file' && kindOf(entry.name) === 'image'
  const picture = useSignal<Picture | undefined>(undefined)
  const isBroken = useSignal(false)
  useEffect(() => {
    picture.value = isPicture ? knownThumbnail(folder, entry) : undefined
    if (!isPicture || picture.value !== undefined) return
    const stop = new AbortController()
    const timer = setTimeout(() => {
      // If there is none, or the photo cannot be read, the icon stays.
      findThumbnail(folder, entry, stop.signal).then(
        (found) => {
          if (!stop.signal.aborted) picture.value = found
        },
        () => {},
      )
    }, REST_MS)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [folder, entry, isPicture])

  return (
    <span class="thumbnail">
      {picture.value === undefined || isBroken.value ? (
        <Icon name={iconOf(entry)} />
      ) : (
        <img
          src={picture.value.url}
          alt=""
          loading="lazy"
          draggable={false}
          class={`turn-${picture.value.orientation}`}
          onError={() => {
            isBroken.value = true
          }}
        />
      )}
    </span>
  )
}
