import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Entry } from '../api/entry.ts'
import { listFolder } from '../api/listing.ts'
import { urlOf } from '../api/path.ts'
import { Icon } from '../components/common/icon.tsx'
import { describeError } from '../state/notices.ts'
import { formatRoute, path } from '../state/route.ts'
import { comparison } from '../state/sort.ts'
import { texts } from '../texts/texts.ts'
import { GuestEntry } from './guest-entry.tsx'

/** How many entries are shown at first, and with each click on the button for more. */
const PAGE = 500

interface FolderLinkProps {
  readonly name: string
  readonly base: string
}

/** A link to a folder: everything in it, and nothing else. */
export function FolderLink({ name, base }: FolderLinkProps) {
  const words = texts.share.guest
  const { entries, isLoading, error } = useGuestFolder(base)
  const most = useSignal(PAGE)
  return (
    <main class="guest-folder">
      <header>
        <h1>
          <bdi>{path.value.at(-1) ?? name}</bdi>
        </h1>
        <a class="button" href={`${urlOf(path.value, true, base)}?zip`} download>
          <Icon name="download" />
          {words.downloadAll}
        </a>
      </header>
      {error !== undefined && <p role="alert">{describeError(error)}</p>}
      {!isLoading && error === undefined && entries.length === 0 && <p class="soft">{words.empty}</p>}
      <ul>
        {path.value.length > 0 && (
          <li>
            <a href={formatRoute(path.value.slice(0, -1))}>
              <Icon name="up" />
              {texts.transfer.up}
            </a>
          </li>
        )}
        {entries.slice(0, most.value).map((entry) => (
          <GuestEntry key={entry.name} entry={entry} base={base} />
        ))}
      </ul>
      {entries.length > most.value && (
        <button
          type="button"
          onClick={() => {
            most.value += PAGE
          }}
        >
          {words.more}
        </button>
      )}
    </main>
  )
}

interface GuestFolder {
  readonly entries: readonly Entry[]
  readonly isLoading: boolean
  readonly error: unknown
}

/** The folder that the address names, folders first. */
function useGuestFolder(base: string): GuestFolder {
  const folder = useSignal<GuestFolder>({ entries: [], isLoading: true, error: undefined })
  useEffect(() => {
    const stop = new AbortController()
    folder.value = { entries: [], isLoading: true, error: undefined }
    readAll(base, stop.signal).then(
      (entries) => {
        folder.value = { entries, isLoading: false, error: undefined }
      },
      (error: unknown) => {
        if (!stop.signal.aborted) folder.value = { entries: [], isLoading: false, error }
      },
    )
    return () => stop.abort()
  }, [path.value])
  return folder.value
}

async function readAll(base: string, signal: AbortSignal): Promise<readonly Entry[]> {
  const entries: Entry[] = []
  for await (const batch of listFolder(path.value, signal, base)) entries.push(...batch)
  return entries.filter(({ type }) => type !== 'other').sort(comparison({ key: 'name', isDescending: false }))
}
