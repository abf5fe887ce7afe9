import { loadSession } from '../state/session.ts'
import { texts } from '../texts/texts.ts'

/** What is shown if the server does not answer at the start. */
export function Lost() {
  return (
    <main class="centered">
      <h1>{texts.lost.title}</h1>
      <button type="button" class="primary" onClick={() => void loadSession()}>
        {texts.lost.retry}
      </button>
    </main>
  )
}
