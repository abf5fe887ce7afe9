import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { TransferError } from '@ftp/protocol'

/**
 * Makes sure that one server uses a state directory. The lock is the operating system's, through SQLite, so it is
 * free the moment its process is gone, however that happened.
 * @throws TransferError `busy` when another server holds it
 */
export function lockInstance(file: string): Disposable {
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (cause) {
    database.close()
    throw new TransferError(
      'busy',
      `another ftp-server is using the state in "${path.dirname(file)}"; stop it, or choose another --state`,
      { cause },
    )
  }
  return { [Symbol.dispose]: () => database.close() }
}
