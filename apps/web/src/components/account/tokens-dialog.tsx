import { useSignal } from '@preact/signals'
import { addToken, listTokens, removeToken, type Token } from '../../api/account.ts'
import { formatExactTime } from '../../format/date.ts'
import { describeError, notifyError } from '../../state/notices.ts'
import { texts } from '../../texts/texts.ts'
import { Dialog } from '../common/dialog.tsx'
import { useLoaded } from '../common/use-loaded.ts'

/** What programs log in with, in place of the password; each can be revoked. */
export function TokensDialog() {
  const words = texts.tokens
  const { value: tokens, reload } = useLoaded<readonly Token[]>(listTokens, [])
  const secret = useSignal('')
  const error = useSignal('')

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    const form = event.currentTarget
    try {
      secret.value = await addToken(String(new FormData(form).get('name')).trim())
      error.value = ''
      form.reset()
      reload()
    } catch (failure) {
      error.value = describeError(failure)
    }
  }

  return (
    <Dialog title={texts.account.tokens}>
      <p class="soft">{words.purpose}</p>
      <form class="inline-form" onSubmit={(event) => void submit(event)}>
        <label>
          {words.name}
          <input name="name" required maxLength={64} autocomplete="off" />
        </label>
        <button type="submit" class="primary">
          {words.add}
        </button>
      </form>
      <p class="error" role="alert">
        {error}
      </p>
      {secret.value !== '' && (
        <p class="secret" role="status">
          {words.shownOnce}
          <code>{secret}</code>
        </p>
      )}
      <ul class="records">
        {tokens.map(({ name, created }) => (
          <li key={name}>
            <div>
              <strong>
                <bdi>{name}</bdi>
              </strong>
              <p class="soft">{words.created(formatExactTime(created))}</p>
            </div>
            <button
              type="button"
              class="danger"
              aria-label={`${words.revoke} ${name}`}
              onClick={() => void removeToken(name).catch(notifyError).then(reload)}
            >
              {words.revoke}
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
