import { ApiError } from '../api/api-error.ts'
import { copy, move } from '../api/files.ts'
import { formatPath, type Path } from '../api/path.ts'
import { texts } from '../texts/texts.ts'
import { eachOf } from './each-of.ts'
import { folderChanged } from './folder.ts'
import { notify, notifyError } from './notices.ts'

/** Entries of one folder that are to be moved or copied into another. */
export interface Transfers {
  readonly mode: 'move' | 'copy'
  readonly folder: Path
  readonly names: readonly string[]
  readonly to: Path
}

/** Moves or copies entries. If names are taken, the user may have those files replaced. */
export async function transfer(transfers: Transfers, isReplacing = false): Promise<void> {
  const { mode, folder, names, to } = transfers
  const taken: string[] = []
  const failures = await eachOf(names, async (name) => {
    try {
      const request = { from: [...folder, name], to: [...to, name], isReplacing }
      await (mode === 'move' ? move(request) : copy(request))
    } catch (error) {
      if (isReplacing || !(error instanceof ApiError) || error.code !== 'exists') throw error
      taken.push(name)
    }
  })
  folderChanged(folder)
  folderChanged(to)
  if (failures.length > 0) return notifyError(failures[0])
  if (taken.length === 0) {
    const done = mode === 'move' ? texts.transfer.moved : texts.transfer.copied
    return void notify(done(names.length, to.at(-1) ?? texts.home))
  }
  const close = notify(texts.transfer.taken(taken), {
    kind: 'error',
    action: {
      label: texts.transfer.replace,
      run: () => {
        close()
        void transfer({ ...transfers, names: taken }, true)
      },
    },
  })
}

/** Whether entries of one folder can be put into another: not into itself, nor where they are. */
export function canTransfer({ folder, names }: Pick<Transfers, 'folder' | 'names'>, to: Path): boolean {
  const target = formatPath(to)
  if (target === formatPath(folder)) return false
  return !names.some((name) => {
    const source = formatPath([...folder, name])
    return target === source || target.startsWith(`${source}/`)
  })
}
