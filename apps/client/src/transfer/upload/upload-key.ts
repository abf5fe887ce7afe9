import { hash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { formatPath, type IfExists, type RemotePath } from '@ftp/protocol'

/**
 * Returns a key that is the same whenever this client sends the same file to the same target, and differs
 * otherwise.
 */
export function uploadKey(client: string, local: string, remote: RemotePath): string {
  return hash('sha256', [client, realPathOf(local), formatPath(remote)].join('\0')).slice(0, 32)
}

/**
 * The name of a version of a source for the server. If an answer was lost, what this run has stored under this
 * name counts as stored. Only with `replace`, so does what an earlier run has stored: the other policies decide
 * what happens to it.
 * @param run identifies the run
 */
export function sourceName(version: string, { ifExists, run }: { ifExists: IfExists; run: string }): string {
  return ifExists === 'replace' ? version : `${version}-${run}`
}

/**
 * The real path of the last file's directory, because many files of one directory usually come one after
 * another.
 */
let lastFolder = { path: '', real: '' }

function realPathOf(local: string): string {
  // Only the directory is resolved. The file itself may be a link, but only if it is named directly: links in
  // a tree are not followed.
  const folder = path.dirname(local)
  if (folder !== lastFolder.path || !path.isAbsolute(folder))
    lastFolder = { path: folder, real: fs.realpathSync(folder) }
  return `${lastFolder.real}${path.sep}${path.basename(local)}`
}
