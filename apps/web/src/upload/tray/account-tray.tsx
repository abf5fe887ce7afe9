import { useEffect } from 'preact/hooks'
import { openDialog } from '../../state/dialog.ts'
import { path } from '../../state/route.ts'
import { may } from '../../state/session.ts'
import { texts } from '../../texts/texts.ts'
import { followSession, unfinished, upload, uploads } from '../state/account-uploads.ts'
import { summarize } from '../state/summary.ts'
import { ClashDialog } from './clash-dialog.tsx'
import { DropZone } from './drop-zone.tsx'
import { UploadTray } from './upload-tray.tsx'

/** The uploads of the account, and all ways to begin one that need no button. */
export function AccountTray() {
  const { queue } = uploads
  useEffect(followSession, [])
  uploads.changes.value
  const isAsking = summarize(queue.uploads).clashing > 0
  useEffect(() => {
    if (isAsking) openDialog.value ??= <ClashDialog uploads={uploads} />
  }, [isAsking])
  return (
    <>
      {may('write') && (
        <DropZone label={texts.upload.dropHere(path.value.at(-1) ?? texts.home)} onItems={upload} />
      )}
      <UploadTray
        uploads={uploads}
        unfinished={unfinished}
        onContinue={(path, file) => upload([{ folder: [], file }], path.split('/').slice(0, -1))}
      />
    </>
  )
}
