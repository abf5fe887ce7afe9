import path from 'node:path'
import { type FileSystem, spellingByListing, systemFiles } from '@ftp/files'
import { collisionKey } from '@ftp/protocol'

/**
 * The files of this machine as a system shows them that takes `a`, `A`, composed and decomposed letters for the same,
 * and keeps the names as they were given: that is how Windows and macOS do it.
 */
export const foldingFiles: FileSystem = {
  ...systemFiles,
  open: (name, flags, mode) => systemFiles.open(folded(name), flags, mode),
  lstat: (name) => systemFiles.lstat(folded(name)),
  find: (name) => systemFiles.find(folded(name)),
  mkdir: (name) => systemFiles.mkdir(folded(name)),
  rmdir: (name) => systemFiles.rmdir(folded(name)),
  link: (from, to) => systemFiles.link(folded(from), folded(to)),
  rename: (from, to) => {
    const [old, target] = [folded(String(from)), folded(to)]
    // A rename to another spelling of the same name changes the spelling.
    systemFiles.rename(old, old === target ? path.join(path.dirname(target), path.basename(to)) : target)
  },
  unlink: (name) => systemFiles.unlink(folded(name)),
  chmod: (name, mode) => systemFiles.chmod(folded(name), mode),
  utimes: (name, atime, mtime) => systemFiles.utimes(folded(name), atime, mtime),
  spelling: (folder, name) => spellingByListing(foldingFiles, folder, name),
}

/** The same, but a rename to another spelling does nothing, as POSIX says of two names of one file. */
export const stubbornFiles: FileSystem = {
  ...foldingFiles,
  rename: (from, to) => {
    if (folded(String(from)) !== folded(to)) foldingFiles.rename(from, to)
  },
}

/** The path with its last name as the folder lists it. */
function folded(name: string): string {
  const [folder, last] = [path.dirname(name), path.basename(name)]
  if (systemFiles.find(folder) === undefined) return name
  const key = collisionKey(last)
  for (const listed of systemFiles.names(folder))
    if (collisionKey(listed) === key) return `${folder}/${listed}`
  return name
}
