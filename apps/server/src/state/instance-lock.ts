import fs from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { STATE_NAME, TransferError } from '@ftp/protocol'

/**
 * Makes sure that one server uses a state directory. The lock is the operating system's, through SQLite, so it is
 * free the moment its process is gone, however that happened.
 * @throws TransferError `busy` when another server holds it
 */
export function lockInstance(file: string): Disposable {
  return lock(
    file,
    `another ftp-server is using the state in "${path.dirname(file)}"; stop it, or choose another --state`,
  )
}

/**
 * The same for a served folder, whose partials two servers would take for their own: each knows its own leases only.
 * Where this user may not write, there is nothing to lock.
 * @throws TransferError `busy` when another server serves it, whatever its state directory
 */
export function lockRoot(root: string): Disposable | undefined {
  const folder = path.join(root, STATE_NAME)
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
    fs.accessSync(folder, fs.constants.W_OK)
  } catch {
    return undefined
  }
  return lock(
    path.join(folder, 'instance.lock'),
    `another ftp-server is serving "${root}"; stop it, or serve another folder`,
  )
}

function lock(file: string, problem: string): Disposable {
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (cause) {
    database.close()
    throw new TransferError('busy', problem, { cause })
  }
  return { [Symbol.dispose]: () => database.close() }
}
