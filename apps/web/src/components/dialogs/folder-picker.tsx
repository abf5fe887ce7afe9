import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Entry } from '../../api/entry.ts'
import { listFolder } from '../../api/listing.ts'
import type { Path } from '../../api/path.ts'
import { closeDialog } from '../../state/dialog.ts'
import { notifyError } from '../../state/notices.ts'
import { comparison } from '../../state/sort.ts'
import { canTransfer, transfer } from '../../state/transfer.ts'
import { texts } from '../../texts/texts.ts'
import { Dialog } from '../common/dialog.tsx'
import { Icon } from '../common/icon.tsx'

interface FolderPickerProps {
  readonly mode: 'move' | 'copy'
  readonly folder: Path
  readonly names: readonly string[]
}

/** The most folders that are shown to choose from. */
const MOST = 1_000

/** Asks for the folder into which entries are moved or copied. */
export function FolderPicker({ mode, folder, names }: FolderPickerProps) {
  const words = texts.transfer
  const target = useSignal<Path>(folder)
  const folders = useSignal<readonly Entry[]>([])
  const to = target.value

  useEffect(() => {
    const stop = new AbortController()
    void foldersIn(to, stop.signal).then(
      (found) => {
        folders.value = found
      },
      (error) => {
        if (!stop.signal.aborted) notifyError(error)
      },
    )
    return () => stop.abort()
  }, [to])

  function submit(): void {
    closeDialog()
    void transfer({ mode, folder, names, to })
  }

  return (
    <Dialog title={mode === 'move' ? words.moveTitle(names.length) : words.copyTitle(names.length)}>
      <p class="picker-place">
        <button
          type="button"
          class="quiet"
          disabled={to.length === 0}
          onClick={() => {
            target.value = to.slice(0, -1)
          }}
        >
          <Icon name="back" />
          {words.up}
        </button>
        <bdi>{to.at(-1) ?? texts.home}</bdi>
      </p>
      <ul class="picker">
        {folders.value.map(({ name }) => (
          <li key={name}>
            <button
              type="button"
              onClick={() => {
                target.value = [...to, name]
              }}
            >
              <Icon name="folder" />
              <bdi>{name}</bdi>
            </button>
          </li>
        ))}
        {folders.value.length === 0 && <li class="soft">{words.noFolders}</li>}
      </ul>
      <footer>
        <button type="button" onClick={closeDialog}>
          {texts.cancel}
        </button>
        <button type="button" class="primary" disabled={!canTransfer({ folder, names }, to)} onClick={submit}>
          {mode === 'move' ? words.moveHere : words.copyHere}
        </button>
      </footer>
    </Dialog>
  )
}

async function foldersIn(path: Path, signal: AbortSignal): Promise<readonly Entry[]> {
  const found: Entry[] = []
  for await (const batch of listFolder(path, signal))
    found.push(...batch.filter(({ type }) => type === 'folder').slice(0, MOST - found.length))
  return found.sort(comparison({ key: 'name', isDescending: false }))
}
