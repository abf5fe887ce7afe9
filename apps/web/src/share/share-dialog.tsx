import { useSignal } from '@preact/signals'
import type { Path } from '../api/path.ts'
import { addShare, type NewShareLink } from '../api/shares.ts'
import { Dialog } from '../components/common/dialog.tsx'
import { describeError } from '../state/notices.ts'
import { may } from '../state/session.ts'
import { texts } from '../texts/texts.ts'
import { NewLink } from './new-link.tsx'

const DAY_MS = 86_400_000

interface ShareDialogProps {
  readonly path: Path
  readonly isFolder: boolean
}

/** Makes a link to a file or folder, or one that asks for files. */
export function ShareDialog({ path, isFolder }: ShareDialogProps) {
  const words = texts.share
  const url = useSignal('')
  const error = useSignal('')
  const isBusy = useSignal(false)

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    isBusy.value = true
    try {
      url.value = await addShare(linkOf(path, new FormData(event.currentTarget)))
      error.value = ''
    } catch (failure) {
      error.value = describeError(failure)
    }
    isBusy.value = false
  }

  return (
    <Dialog title={words.title(path.at(-1) ?? texts.home)}>
      {url.value !== '' ? (
        <NewLink url={url.value} />
      ) : (
        <form onSubmit={(event) => void submit(event)}>
          {isFolder && <AccessChoice />}
          <label>
            {words.expires}
            <select name="days">
              {words.periods.map(([days, meaning]) => (
                <option key={days} value={days} selected={days === '7'}>
                  {meaning}
                </option>
              ))}
            </select>
          </label>
          <label>
            {words.password}
            <input
              name="password"
              type="password"
              minLength={8}
              placeholder={words.passwordHint}
              autocomplete="new-password"
            />
          </label>
          <label>
            {words.uses}
            <input name="uses" type="number" min={1} step={1} />
          </label>
          <p class="error" role="alert">
            {error}
          </p>
          <footer>
            <button type="submit" class="primary" disabled={isBusy}>
              {words.submit}
            </button>
          </footer>
        </form>
      )}
    </Dialog>
  )
}

/** What people can do with a folder. */
function AccessChoice() {
  const words = texts.share
  const canRead = may('read')
  return (
    <fieldset>
      <legend>{words.access}</legend>
      {canRead && (
        <label class="check">
          <input type="radio" name="access" value="read" checked />
          {words.read}
        </label>
      )}
      {may('write') && (
        <label class="check">
          <input type="radio" name="access" value="upload" checked={!canRead} />
          {words.upload}
        </label>
      )}
    </fieldset>
  )
}

function linkOf(path: Path, form: FormData): NewShareLink {
  const text = (name: string): string => String(form.get(name) ?? '')
  const [days, uses, password] = [text('days'), text('uses'), text('password')]
  return {
    path,
    access: text('access') === 'upload' ? 'upload' : 'read',
    expires: days === '' ? undefined : Date.now() + Number(days) * DAY_MS,
    mostUses: uses === '' ? undefined : Number(uses),
    password: password === '' ? undefined : password,
  }
}
