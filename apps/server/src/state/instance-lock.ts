import fs from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { STATE_NAME, TransferError } from '@ftp/protocol'
import { watchOwner } from './owner.ts'

const LOCK = 'instance.lock'
const OWNER = 'instance.owner'
const SQLITE_BUSY = 5
/** How long to wait for a process that only checks the lock, in milliseconds. */
const PATIENCE_MS = 100

/**
 * Ensures that only one server uses a state directory. SQLite takes a lock of the operating system, which is
 * released as soon as the process ends, for whatever reason.
 * @param onReplaced called if another server holds the lock by now: see {@link watchOwner}
 * @throws TransferError `busy` if another server holds the lock
 */
export function lockInstance(state: string, onReplaced: () => void = () => {}): Disposable {
  return lock(state, {
    problem: `another ftp-server is using the state in "${state}"; stop it, or choose another --state`,
    onReplaced,
  })
}

/**
 * Does the same for a served folder: two servers would mistake each other's partials for their own, because
 * each knows only its own leases. If this user may not write there, nothing has to be locked.
 * @param onReplaced as for {@link lockInstance}
 * @throws TransferError `busy` if another server serves the folder, whatever its state directory
 */
export function lockRoot(root: string, onReplaced: () => void = () => {}): Disposable | undefined {
  requireNotServed(root)
  const folder = path.join(root, STATE_NAME)
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
    fs.accessSync(folder, fs.constants.W_OK)
  } catch {
    return undefined
  }
  return lock(folder, {
    problem: `another ftp-server is serving "${root}"; stop it, or serve another folder`,
    onReplaced,
  })
}

/**
 * @throws TransferError `busy` if another server serves a folder that contains `root`: it would show the same
 * files
 */
function requireNotServed(root: string): void {
  for (let folder = path.dirname(fs.realpathSync(root)); ; folder = path.dirname(folder)) {
    if (isLocked(path.join(folder, STATE_NAME, LOCK)))
      throw new TransferError(
        'busy',
        `"${root}" is in "${folder}", which another ftp-server is serving; stop that one, or serve a folder outside it`,
      )
    if (folder === path.dirname(folder)) return
  }
}

function isLocked(file: string): boolean {
  if (!fs.existsSync(file)) return false
  try {
    using database = new DatabaseSync(file, { timeout: 0, readOnly: true })
    database.prepare('SELECT count(*) FROM sqlite_schema').get()
    return false
  } catch (error) {
    return isBusy(error)
  }
}

interface LockOptions {
  /** The message if another server holds the lock. */
  readonly problem: string
  readonly onReplaced: () => void
}

function lock(folder: string, { problem, onReplaced }: LockOptions): Disposable {
  const file = path.join(folder, LOCK)
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(file, { timeout: PATIENCE_MS })
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (cause) {
    database?.close()
    if (isBusy(cause)) throw new TransferError('busy', problem, { cause })
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new TransferError(
      'io',
      `"${file}" cannot be locked (${reason}); if no ftp-server is running, remove it: it holds nothing`,
      { cause },
    )
  }
  const locked = database
  using held = new DisposableStack()
  held.defer(() => locked.close())
  held.use(watchOwner(path.join(folder, OWNER), onReplaced))
  return held.move()
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
}
