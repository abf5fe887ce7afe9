import { notify } from '../state/notices.ts'
import { texts } from '../texts/texts.ts'
import { QrCode } from './qr-code.tsx'

/** A link that has just been made, to be sent to somebody. */
export function NewLink({ url }: { readonly url: string }) {
  const words = texts.share
  return (
    <div class="new-link">
      <QrCode text={url} />
      <p role="status">{words.shownOnce}</p>
      <label>
        {words.link}
        <input value={url} readOnly onFocus={({ currentTarget }) => currentTarget.select()} />
      </label>
      <button type="button" class="primary" onClick={({ currentTarget }) => copy(currentTarget, url)}>
        {words.copy}
      </button>
    </div>
  )
}

/** Without encryption, browsers give a page no clipboard, and its field is selected to be copied by hand. */
function copy(button: HTMLElement, url: string): void {
  const field = button.parentElement?.querySelector('input')
  const select = (): void => field?.focus()
  if (navigator.clipboard === undefined) return select()
  navigator.clipboard.writeText(url).then(() => notify(texts.share.copied), select)
}
