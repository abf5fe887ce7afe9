import { hash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { formatPath, type RemotePath } from '@ftp/protocol'

/** The same for the same file of this client on its way to the same place, and for nothing else. */
export function uploadKey(client: string, local: string, remote: RemotePath): string {
  return hash('sha256', [client, realPathOf(local), formatPath(remote)].join('\0')).slice(0, 32)
}

/** The real path of the last file's directory: many files of one directory come one after the other. */
let lastFolder = { path: '', real: '' }

function realPathOf(local: string): string {
  // Itself it may be a link, but only a file that is named directly: in a tree they are not followed.
  const folder = path.dirname(local)
  if (folder !== lastFolder.path || !path.isAbsolute(folder))
    lastFolder = { path: folder, real: fs.realpathSync(folder) }
  return `${lastFolder.real}${path.sep}${path.basename(local)}`
}
