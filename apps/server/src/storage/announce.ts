import { decide, sizeOf } from '@ftp/files'
import type { IfExists } from '@ftp/protocol'
import type { Directory } from './directory.ts'
import type { OnChange } from './storage.ts'

/**
 * Reports what publishing a hidden file is about to change. Call this immediately before publishing it; an
 * error that `onChange` throws prevents the change.
 */
export function announce(
  directory: Directory,
  hidden: string,
  target: string,
  { ifExists, onChange }: { readonly ifExists: IfExists; readonly onChange: OnChange },
): void {
  const { fs } = directory
  const [source, destination] = [directory.at(hidden), directory.at(target)]
  const decision = decide(directory, source, target, ifExists)
  if (decision === 'keep') return
  const replaced = decision === 'rename' ? undefined : fs.find(destination)
  if (replaced?.isDirectory()) return
  onChange({
    bytes: sizeOf(fs.lstat(source)) - (replaced === undefined ? 0 : sizeOf(replaced)),
    files: replaced === undefined ? 1 : 0,
  })
}
