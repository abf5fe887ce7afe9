import { signal } from '@preact/signals'
import { ApiError } from '../api/api-error.ts'
import { texts } from '../texts/texts.ts'
import { endedBy } from './session.ts'

/** Something that the page tells its user in passing. */
export interface Notice {
  readonly id: number
  readonly text: string
  readonly kind: 'plain' | 'error'
  /** What the user can do about it, and what it is called. */
  readonly action?: { readonly label: string; readonly run: () => void } | undefined
}

/** How long a notice without an action stays, in milliseconds. */
const STAYS_MS = 5_000

export const notices = signal<readonly Notice[]>([])
let count = 0

/** Shows a notice. @returns closes it; otherwise, it closes by itself after some seconds */
export function notify(text: string, options: Partial<Omit<Notice, 'id' | 'text'>> = {}): () => void {
  const id = ++count
  const close = (): void => {
    clearTimeout(timer)
    notices.value = notices.value.filter((notice) => notice.id !== id)
  }
  const timer = setTimeout(close, STAYS_MS)
  notices.value = [...notices.value, { kind: 'plain', ...options, id, text }]
  return close
}

/** Tells the user why something did not work, unless the login explains it. */
export function notifyError(error: unknown): void {
  if (endedBy(error)) return
  notify(describeError(error), { kind: 'error' })
}

/** One sentence about a failure, in the language of the user if the page knows what it means. */
export function describeError(error: unknown): string {
  if (!(error instanceof ApiError)) return texts.errors.unexpected
  return texts.errors.byCode[error.code] ?? texts.errors.other(error.message)
}
