import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { closeDialog } from '../../state/dialog.ts'
import { describeError } from '../../state/notices.ts'
import { texts } from '../../texts/texts.ts'

interface NameFormProps {
  readonly label: string
  readonly initial: string
  readonly submit: string
  /** Called with the name; the dialog closes unless it throws. */
  readonly onName: (name: string) => Promise<void>
}

/** Asks for the name of a file or folder. Of a file's name, the part before the extension is selected. */
export function NameForm({ label, initial, submit, onName }: NameFormProps) {
  const error = useSignal('')
  const isBusy = useSignal(false)
  const input = useRef<HTMLInputElement>(null)

  function selectBase(): void {
    const dot = initial.lastIndexOf('.')
    input.current?.setSelectionRange(0, dot > 0 ? dot : initial.length)
  }

  async function onSubmit(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    const name = input.current?.value.trim() ?? ''
    if (name === '' || name === initial) return closeDialog()
    isBusy.value = true
    try {
      await onName(name)
      closeDialog()
    } catch (failure) {
      error.value = describeError(failure)
    } finally {
      isBusy.value = false
    }
  }

  return (
    <form onSubmit={(event) => void onSubmit(event)}>
      <label>
        {label}
        <input
          ref={input}
          autofocus
          onFocus={selectBase}
          defaultValue={initial}
          dir="auto"
          autocomplete="off"
          spellcheck={false}
          required
        />
      </label>
      <p class="error" role="alert">
        {error}
      </p>
      <footer>
        <button type="button" onClick={closeDialog}>
          {texts.cancel}
        </button>
        <button type="submit" class="primary" disabled={isBusy}>
          {submit}
        </button>
      </footer>
    </form>
  )
}
