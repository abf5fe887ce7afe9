import { useSignal } from '@preact/signals'
import { changePassword } from '../../api/account.ts'
import { ApiError } from '../../api/api-error.ts'
import { closeDialog } from '../../state/dialog.ts'
import { describeError, notify } from '../../state/notices.ts'
import { session } from '../../state/session.ts'
import { texts } from '../../texts/texts.ts'
import { Dialog } from '../common/dialog.tsx'

/** Changes the password of the account, which has to be typed once more before. */
export function PasswordDialog() {
  const error = useSignal('')
  const isBusy = useSignal(false)
  const words = texts.password
  const user = session.value.status === 'in' ? session.value.account.name : ''

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    const form = new FormData(event.currentTarget)
    const [present, next] = [String(form.get('present')), String(form.get('next'))]
    if (next !== form.get('again')) {
      error.value = words.different
      return
    }
    isBusy.value = true
    try {
      await changePassword({ user, present, next })
      closeDialog()
      notify(words.changed)
    } catch (failure) {
      const isWrong = failure instanceof ApiError && failure.status === 401
      error.value = isWrong ? words.wrong : describeError(failure)
    } finally {
      isBusy.value = false
    }
  }

  return (
    <Dialog title={texts.account.changePassword}>
      <form onSubmit={(event) => void submit(event)}>
        <input
          class="unseen"
          name="user"
          autocomplete="username"
          value={user}
          readOnly
          tabIndex={-1}
          aria-hidden="true"
        />
        <label>
          {words.present}
          <input name="present" type="password" autocomplete="current-password" required autofocus />
        </label>
        <label>
          {words.next}
          <input name="next" type="password" autocomplete="new-password" required />
        </label>
        <label>
          {words.again}
          <input name="again" type="password" autocomplete="new-password" required />
        </label>
        <p class="soft">{words.effect}</p>
        <p class="error" role="alert">
          {error}
        </p>
        <footer>
          <button type="button" onClick={closeDialog}>
            {texts.cancel}
          </button>
          <button type="submit" class="primary" disabled={isBusy}>
            {words.submit}
          </button>
        </footer>
      </form>
    </Dialog>
  )
}
