import { refreshFolder } from './folder.ts'

/** A page that was hidden for less than this many milliseconds shows what it has. */
const FRESH_MS = 10_000

/** Reads the folder again when the user comes back to the page: others may have changed it. */
export function refreshWhenSeen(): () => void {
  let hidden = Number.POSITIVE_INFINITY
  const onChange = (): void => {
    if (document.hidden) hidden = performance.now()
    else if (performance.now() - hidden > FRESH_MS) void refreshFolder()
  }
  document.addEventListener('visibilitychange', onChange)
  return () => document.removeEventListener('visibilitychange', onChange)
}
