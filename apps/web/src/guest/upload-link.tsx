import { useEffect, useMemo } from 'preact/hooks'
import { Icon } from '../components/common/icon.tsx'
import { notify } from '../state/notices.ts'
import { texts } from '../texts/texts.ts'
import type { ChosenItem } from '../upload/queue/upload.ts'
import { chooseFiles } from '../upload/sources/chosen-files.ts'
import { DropZone } from '../upload/tray/drop-zone.tsx'
import { UploadTray } from '../upload/tray/upload-tray.tsx'
import { uploadsTo } from './guest-uploads.ts'

interface UploadLinkProps {
  readonly base: string
  /** The server wants the password again. */
  readonly onLocked: () => void
}

/** A request for files. Its guests see only what they send themselves. */
export function UploadLink({ base, onLocked }: UploadLinkProps) {
  const words = texts.share.guest
  const { uploads, unfinished } = uploadsTo(base, onLocked)
  useEffect(() => {
    uploads.queue.loggedIn()
    void unfinished.load()
  }, [uploads, unfinished])
  const send = useMemo(
    () => (items: readonly ChosenItem[]) => {
      if (items.some(({ folder }) => folder.length > 0)) notify(words.foldersLeftOut)
      const files = items.filter(({ file }) => file !== undefined)
      uploads.queue.add(
        files.map(({ file }) => ({ folder: [], file })),
        [],
      )
    },
    [uploads],
  )
  return (
    <>
      <main class="centered guest-upload">
        <Icon name="upload" />
        <h1>{words.send}</h1>
        <p class="soft">{words.sendHint}</p>
        <button type="button" class="primary" onClick={() => void chooseFiles('files').then(send)}>
          {words.choose}
        </button>
      </main>
      <DropZone label={words.dropHere} onItems={send} />
      <UploadTray
        {...{ uploads, unfinished }}
        onContinue={(_, file) => uploads.queue.add([{ folder: [], file }], [])}
      />
    </>
  )
}
