import { Dialog } from '../../components/common/dialog.tsx'
import { formatCount } from '../../format/size.ts'
import { closeDialog } from '../../state/dialog.ts'
import { texts } from '../../texts/texts.ts'
import type { ClashChoice } from '../queue/upload.ts'
import type { Uploads } from '../state/uploads.ts'

/** How many of the names are shown. */
const MOST_SHOWN = 5

/** Asks, once for all, what happens to uploads whose names exist. */
export function ClashDialog({ uploads: { queue, changes } }: { readonly uploads: Uploads }) {
  const words = texts.upload.clash
  // More of them may turn up while the user thinks.
  changes.value
  const clashing = [...queue.uploads].filter(({ state }) => state.type === 'clashing')
  const hidden = clashing.length - MOST_SHOWN
  const decide = (choice: ClashChoice) => () => {
    queue.decide(choice)
    closeDialog()
  }
  return (
    <Dialog title={words.title(clashing.length)}>
      <ul class="clash-names">
        {clashing.slice(0, MOST_SHOWN).map((upload) => (
          <li key={upload.id}>
            <bdi>{upload.name}</bdi>
          </li>
        ))}
        {hidden > 0 && <li class="soft">{words.more(formatCount(hidden))}</li>}
      </ul>
      <footer>
        <button type="button" onClick={decide('skip')}>
          {words.skip}
        </button>
        <button type="button" class="danger" onClick={decide('replace')}>
          {words.replace}
        </button>
        <button type="button" class="primary" onClick={decide('keep-both')}>
          {words.keepBoth}
        </button>
      </footer>
    </Dialog>
  )
}
