import { texts } from '../../texts/texts.ts'
import { Dialog } from '../common/dialog.tsx'

/** What each key does. */
export function HelpDialog() {
  const { title, keys } = texts.help
  return (
    <Dialog title={title}>
      <dl class="keys">
        {keys.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
