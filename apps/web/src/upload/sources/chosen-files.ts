import type { ChosenItem } from '../queue/upload.ts'
import { measureSizes } from './measure-sizes.ts'

export type ChoiceKind = 'files' | 'folder' | 'camera'

/** Lets the user choose files, a folder, or take a picture. @returns nothing if the user changes their mind */
export async function chooseFiles(kind: ChoiceKind): Promise<readonly ChosenItem[]> {
  const input = document.createElement('input')
  input.type = 'file'
  input.multiple = kind === 'files'
  input.webkitdirectory = kind === 'folder'
  if (kind === 'camera') {
    input.accept = 'image/*,video/*'
    input.capture = 'environment'
  }
  const { promise, resolve } = Promise.withResolvers<void>()
  input.addEventListener('change', () => resolve())
  input.addEventListener('cancel', () => resolve())
  input.click()
  await promise
  return await measureSizes(itemsOf(input.files))
}

/** Lets the user choose one file. */
export async function chooseFile(): Promise<File | undefined> {
  const [item] = await chooseFiles('files')
  return item?.file
}

/** The files of a list. Those of a folder know where in it they were. */
function itemsOf(files: Iterable<File> | null): readonly ChosenItem[] {
  return [...(files ?? [])].map((file) => ({ folder: file.webkitRelativePath.split('/').slice(0, -1), file }))
}
