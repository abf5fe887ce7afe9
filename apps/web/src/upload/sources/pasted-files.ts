import type { ChosenItem } from '../queue/upload.ts'

/** What browsers call every picture that is pasted. */
const PASTED_PICTURE = 'image.png'

/** The files in the clipboard. A picture that has no name of its own gets one with the time. */
export function pastedItems(clipboard: DataTransfer | null, now = new Date()): readonly ChosenItem[] {
  return [...(clipboard?.files ?? [])].map((file) => ({
    folder: [],
    file: file.name === PASTED_PICTURE ? new File([file], pictureName(now), { type: file.type }) : file,
  }))
}

/** `2026-12-01 14.30.05.png`: in the user's time zone, and without colons, which Windows refuses. */
function pictureName(now: Date): string {
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString()
  return `${local.slice(0, 10)} ${local.slice(11, 19).replaceAll(':', '.')}.png`
}
