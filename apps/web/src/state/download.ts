import type { Entry } from '../api/entry.ts'
import { type Path, urlOf } from '../api/path.ts'

/** Lets the browser save a file as it is, and a folder or several entries as a zip archive. */
export function download(folder: Path, entries: readonly Entry[]): void {
  const [first] = entries
  if (first === undefined) return
  if (entries.length > 1)
    return save(
      `${urlOf(folder, true)}?zip${entries.map(({ name }) => `&name=${encodeURIComponent(name)}`).join('')}`,
    )
  const path = [...folder, first.name]
  save(first.type === 'folder' ? `${urlOf(path, true)}?zip` : `${urlOf(path)}?download`)
}

function save(url: string): void {
  const link = document.createElement('a')
  link.href = url
  link.download = ''
  link.click()
}
