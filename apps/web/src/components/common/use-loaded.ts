import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { notifyError } from '../../state/notices.ts'

/** What a component shows after it has asked the server for it. */
export interface Loaded<T> {
  readonly value: T
  readonly reload: () => void
}

/** @param load asks the server. @param before what is shown until it answers */
export function useLoaded<T>(load: () => Promise<T>, before: T): Loaded<T> {
  const loaded = useSignal(before)
  const reload = (): void => {
    load().then((value) => {
      loaded.value = value
    }, notifyError)
  }
  useEffect(reload, [])
  return { value: loaded.value, reload }
}
