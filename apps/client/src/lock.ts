import fs from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { discard } from '@ftp/files/discard'
import { errnoOf, fromErrno, TransferError } from '@ftp/protocol'

/** SQLite's result code for a database that someone else has locked. */
const SQLITE_BUSY = 5

/**
 * Locks `file`, so that only one process writes what it stands for. The lock is the operating system's, taken
 * through SQLite because Node has no flock, so it is released the moment its process is gone. The file is
 * removed with the lock.
 * @param waitMs how long to wait for another process to release it, in milliseconds. The thread waits too.
 * @throws TransferError `taken_over` if another process holds it
 */
export function lock(file: string, waitMs = 0): Disposable {
  for (;;) {
    const before = touch(file)
    const database = new DatabaseSync(file, { timeout: waitMs })
    try {
      database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
      // A former holder may have removed the file before it was looked up, or between that and the lock. Then the lock
      // may be on a file without a name, even if there is no file of that name now either.
      if (before !== undefined && identity(file) === before) return release(file, database)
    } catch (error) {
      database.close()
      throw explain(error, file)
    }
    database.close()
  }
}

function explain(error: unknown, file: string): TransferError {
  if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) {
    const text = `another ftp-client is writing to "${file}"; wait for it, or choose another -o`
    return new TransferError('taken_over', text, { cause: error })
  }
  return fromErrno(error, `"${file}"`)
}

function release(file: string, database: DatabaseSync): Disposable {
  return {
    [Symbol.dispose]: () => {
      // Windows removes no file that is open. There, a file that another process has locked meanwhile is open too, so
      // it stays; elsewhere, the lock of that process would lose its name.
      const remove = (): void => discard({ unlink: fs.unlinkSync }, file)
      if (process.platform !== 'win32') remove()
      database.close()
      if (process.platform === 'win32') remove()
    },
  }
}

function touch(file: string): string | undefined {
  try {
    // Only created if it does not exist: closing a file that this process has locked would release the lock
    // (fcntl(2)).
    fs.closeSync(fs.openSync(file, 'wx', 0o600))
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw fromErrno(error, `"${file}"`)
  }
  return identity(file)
}

function identity(file: string): string | undefined {
  const stats = fs.statSync(file, { bigint: true, throwIfNoEntry: false })
  return stats === undefined ? undefined : `${stats.dev}-${stats.ino}-${stats.birthtimeNs}`
}
