import { urlOf } from '../api/path.ts'
import { isViewable, kindOf } from '../preview/kind.ts'
import { download } from './download.ts'
import { goTo, path, view } from './route.ts'
import { shown } from './shown.ts'

/** Opens an entry of the folder: a folder is shown, a file is viewed if the page can, otherwise saved. */
export function open(name: string): void {
  const entry = shown.value.find((one) => one.name === name)
  if (entry === undefined) return
  if (entry.type === 'folder') return goTo([...path.value, name])
  const kind = kindOf(name)
  if (isViewable(kind)) view(name)
  else if (kind === 'pdf') window.open(urlOf([...path.value, name]), '_blank', 'noopener')
  else download(path.value, [entry])
}
