import { printable, TransferError } from '@ftp/protocol'
import type { Folder } from './folder.ts'

/**
 * Refuses to take a file for another one: where a file system folds names, `a` also finds a file `A`.
 * @throws TransferError `exists` if the folder lists what exists under `name` under another name
 */
export function requireOwnSpelling({ fs, self }: Folder, name: string): void {
  const listed = fs.spelling(self, name)
  if (listed === name) return
  const text = `"${printable(listed)}" exists, and its file system takes "${printable(name)}" for the same name; rename one of them`
  throw new TransferError('exists', text)
}

/**
 * Gives an entry another spelling of its name, where the file system takes both for one.
 * @throws a system error: `EEXIST` if the name that it needs for a moment is taken
 */
export function respell(folder: Folder, from: string, to: string): void {
  const { fs, self } = folder
  const [old, fresh] = [folder.at(from), folder.at(to)]
  fs.rename(old, fresh)
  if (fs.spelling(self, to) === to) return
  // For some file systems, a rename to the same name is nothing to do.
  const between = folder.at(`${to}.renamed`)
  if (fs.find(between) !== undefined) throw Object.assign(new Error('EEXIST'), { code: 'EEXIST' })
  fs.rename(old, between)
  fs.rename(between, fresh)
}
