import { parsePath, type RemotePath, TransferError } from '@ftp/protocol'

/**
 * The path that a client means. `/` is the account's home, and a path without `/` begins there, too. `..` is
 * resolved without looking at the disk, and leads nowhere above the home, as in any root directory.
 * @param text undefined if it was not UTF-8
 * @throws TransferError `not_found` if nothing can have such a path
 */
export function toPath(text: string | undefined): RemotePath {
  try {
    return parsePath(namesOf(text).join('/'))
  } catch (cause) {
    throw new TransferError('not_found', TransferError.from(cause).message, { cause })
  }
}

/** As {@link toPath}, for something that is to be created. @throws TransferError `name` */
export function toNewPath(text: string | undefined): RemotePath {
  return parsePath(namesOf(text).join('/'))
}

/** @throws TransferError `name` */
function namesOf(text: string | undefined): string[] {
  if (text === undefined) throw new TransferError('name', 'a name is not valid UTF-8')
  const names: string[] = []
  for (const name of text.split('/')) {
    if (name === '..') names.pop()
    else if (name !== '' && name !== '.') names.push(name)
  }
  return names
}

/** The path as clients write it. */
export function absolute(path: RemotePath): string {
  return `/${path.join('/')}`
}
