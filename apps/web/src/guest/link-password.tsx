import { Icon } from '../components/common/icon.tsx'
import { texts } from '../texts/texts.ts'

interface LinkPasswordProps {
  /** Whether another one was tried. */
  readonly isWrong: boolean
  readonly onPassword: (password: string) => void
}

/** Asks for the password of a link. */
export function LinkPassword({ isWrong, onPassword }: LinkPasswordProps) {
  const words = texts.share.guest

  function submit(event: SubmitEvent): void {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    onPassword(String(new FormData(event.currentTarget).get('password')))
  }

  return (
    <main class="centered">
      <form class="card login" onSubmit={submit}>
        <Icon name="link" />
        <h1>{words.passwordTitle}</h1>
        <label>
          {words.password}
          <input name="password" type="password" autocomplete="off" required autofocus />
        </label>
        <p class="error" role="alert">
          {isWrong ? words.wrong : ''}
        </p>
        <button type="submit" class="primary">
          {words.open}
        </button>
      </form>
    </main>
  )
}
