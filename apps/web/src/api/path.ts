/** The names on the way from the account's home to a file or folder; empty for the home itself. */
export type Path = readonly string[]

/** The URL of a file or folder on this server. */
export function urlOf(path: Path, isFolder = false, base = '/files'): string {
  const names = path.map((name) => `/${encodeURIComponent(name)}`).join('')
  return `${base}${names}${isFolder ? '/' : ''}`
}

/** The path as one text, by which paths are compared and shown. */
export function formatPath(path: Path): string {
  return path.join('/')
}

/** The folder that a file or folder is in. */
export function parentOf(path: Path): Path {
  return path.slice(0, -1)
}
