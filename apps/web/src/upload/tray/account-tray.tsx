import { useEffect } from 'preact/hooks'
import { openDialog } from '../../state/dialog.ts'
import { notify } from '../../state/notices.ts'
import { path } from '../../state/route.ts'
import { may } from '../../state/session.ts'
import { texts } from '../../texts/texts.ts'
import { chooseFile } from '../sources/chosen-files.ts'
import { discard, followSession, unfinished, upload, uploads } from '../state/account-uploads.ts'
import { summarize } from '../state/summary.ts'
import type { UnfinishedUpload } from '../unfinished/unfinished-upload.ts'
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
        earlier={{ unfinished: unfinished.value, onContinue: continueUpload, onDiscard: discard }}
      />
    </>
  )
}

async function continueUpload(earlier: UnfinishedUpload): Promise<void> {
  const file = await chooseFile()
  if (file === undefined) return
  const names = earlier.path.split('/')
  const name = names.pop() ?? ''
  if (file.name === name) upload([{ folder: [], file }], names)
  else notify(texts.upload.unfinished.otherName(name), { kind: 'error' })
}
