/** The uploads that run, wait or have ended. */
export function UploadTray() {
  return null
}
