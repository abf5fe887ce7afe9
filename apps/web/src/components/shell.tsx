import { UploadTray } from '../upload/upload-tray.tsx'

/** The frame of the page: what is always there, around the folder that is shown. */
export function Shell() {
  return (
    <div class="shell">
      <main>…</main>
      <UploadTray />
    </div>
  )
}
