import type { Entry } from '../api/entry.ts'
import { type Path, urlOf } from '../api/path.ts'
import { texts } from '../texts/texts.ts'
import { folder } from './folder.ts'
import { notify } from './notices.ts'

/** The longest URL, in characters, that the server takes. */
const LONGEST = 12_000

/** Lets the browser save a file as it is, and a folder or several entries as a zip archive. */
export function download(from: Path, entries: readonly Entry[]): void {
  const [first] = entries
  if (first === undefined) return
  if (entries.length > 1) return saveArchive(from, entries)
  const path = [...from, first.name]
  save(first.type === 'folder' ? `${urlOf(path, true)}?zip` : `${urlOf(path)}?download`)
}

function saveArchive(from: Path, entries: readonly Entry[]): void {
  const whole = `${urlOf(from, true)}?zip`
  if (entries.length === folder.value.entries.length) return save(whole)
  const url = whole + entries.map(({ name }) => `&name=${encodeURIComponent(name)}`).join('')
  if (url.length <= LONGEST) save(url)
  else notify(texts.download.tooMany, { kind: 'error' })
}

function save(url: string): void {
  const link = document.createElement('a')
  link.href = url
  link.download = ''
  link.click()
}
