import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { closeDialog } from '../../state/dialog.ts'
import { texts } from '../../texts/texts.ts'
import { IconButton } from './icon-button.tsx'

interface DialogProps {
  readonly title: string
  readonly children: ComponentChildren
}

/** A window above the page, which Escape and its button close. The focus stays inside, and returns afterwards. */
export function Dialog({ title, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const opener = document.activeElement
    dialog.current?.showModal()
    return () => {
      if (opener instanceof HTMLElement) opener.focus()
    }
  }, [])
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={id} onClose={closeDialog}>
      <header>
        <h2 id={id}>{title}</h2>
        <IconButton icon="close" label={texts.close} onClick={closeDialog} />
      </header>
      {children}
    </dialog>
  )
}
