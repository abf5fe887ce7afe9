import { useSignal } from '@preact/signals'
import { ApiError } from '../api/api-error.ts'
import { describeError } from '../state/notices.ts'
import { isAnonymous, logIn, session, wantsLogin } from '../state/session.ts'
import { texts } from '../texts/texts.ts'
import { Icon } from './common/icon.tsx'

/** Asks for a user name and a password. */
export function Login() {
  const error = useSignal('')
  const isBusy = useSignal(false)
  const words = texts.login

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    const form = new FormData(event.currentTarget)
    isBusy.value = true
    error.value = ''
    try {
      const [user, password] = [String(form.get('user')).trim(), String(form.get('password'))]
      await logIn({ user, password, isRemembered: form.has('remember') })
    } catch (failure) {
      const isWrong = failure instanceof ApiError && failure.status === 401
      error.value = isWrong ? words.wrong : describeError(failure)
    } finally {
      isBusy.value = false
    }
  }

  return (
    <main class="centered">
      <form class="card login" onSubmit={(event) => void submit(event)}>
        <Icon name="app" />
        <h1>{words.title}</h1>
        {session.value.status === 'out' && session.value.hasEnded && <p>{words.ended}</p>}
        <label>
          {words.user}
          <input name="user" autocomplete="username" autocapitalize="none" required autofocus />
        </label>
        <label>
          {words.password}
          <input name="password" type="password" autocomplete="current-password" required />
        </label>
        <label class="check">
          <input name="remember" type="checkbox" checked />
          {words.remember}
        </label>
        <p class="error" role="alert">
          {error}
        </p>
        <button type="submit" class="primary" disabled={isBusy}>
          {words.submit}
        </button>
        {isAnonymous() && (
          <button
            type="button"
            class="quiet"
            onClick={() => {
              wantsLogin.value = false
            }}
          >
            {words.withoutLogin}
          </button>
        )}
      </form>
    </main>
  )
}
