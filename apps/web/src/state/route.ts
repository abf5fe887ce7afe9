import { computed, signal } from '@preact/signals'
import type { Path } from '../api/path.ts'

/** What the address of the page says after `#`: `#/<folder>/…?view=<name>`. */
export interface Route {
  /** The folder that is shown. */
  readonly path: Path
  /** The name of the file in it that is shown above it. */
  readonly viewed: string | undefined
}

export const route = signal<Route>(parseRoute(globalThis.location?.hash ?? ''))

/** The folder that is shown. */
export const path = computed<Path>(() => route.value.path)

/** Follows the address, which the Back button changes, too. */
export function followAddress(): void {
  addEventListener('hashchange', () => {
    setRoute(parseRoute(location.hash))
  })
}

/** Shows another folder. The Back button returns. */
export function goTo(folder: Path): void {
  location.hash = formatRoute(folder)
}

/** Shows a file above its folder. */
export function view(name: string): void {
  const hash = formatRoute(path.value, name)
  // From one picture to the next: the Back button returns to the folder.
  if (route.value.viewed === undefined) location.hash = hash
  else replaceAddress(hash)
}

export function closeView(): void {
  if (route.value.viewed !== undefined) replaceAddress(formatRoute(path.value))
}

function replaceAddress(hash: string): void {
  history.replaceState(null, '', hash)
  setRoute(parseRoute(hash))
}

/** Keeps the path as it is if only the viewed file changes, so that nothing is read again. */
function setRoute(next: Route): void {
  const { path } = route.value
  route.value = formatRoute(next.path) === formatRoute(path) ? { ...next, path } : next
}

/** The part of an address from `#` on. */
export function formatRoute(folder: Path, viewed?: string): string {
  const query = viewed === undefined ? '' : `?view=${encodeURIComponent(viewed)}`
  return `#/${folder.map(encodeURIComponent).join('/')}${query}`
}

/** Reads any text; what is no route leads to the home. */
export function parseRoute(hash: string): Route {
  const [, names = '', viewed] = /^#\/([^?]*)(?:\?view=(.*))?$/.exec(hash) ?? []
  try {
    const folder = names.split('/').filter((name) => name !== '')
    return {
      path: folder.map(decodeURIComponent),
      viewed: viewed === undefined ? undefined : decodeURIComponent(viewed),
    }
  } catch {
    return { path: [], viewed: undefined }
  }
}
