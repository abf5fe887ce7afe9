import path from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { Config } from './config.ts'
import { openDatabase } from './databases/sqlite/database.ts'
import { loadKnownHostKey, loadKnownIdentity, requireDatabase } from './databases/sqlite/known-key.ts'
import { beginUsage } from './databases/sqlite/quota-upkeep.ts'
import type { HostKey } from './state/host-key.ts'
import type { Identity } from './state/identity.ts'
import type { StateError } from './state/state-error.ts'

/** How long the main thread waits for another writer to the state, in milliseconds. */
const MOST_WAIT_MS = 50

/** The state of a server that is starting. Disposing of it closes it. */
export interface OpenState extends Disposable {
  readonly database: DatabaseSync
  /** Undefined in plaintext. */
  readonly identity: Identity | undefined
  /** The key that clients of SSH see; undefined without SFTP. */
  readonly hostKey: HostKey | undefined
}

/**
 * Opens the state before any other thread does, because only one connection can switch a new database to
 * write-ahead logging.
 * @param onTrouble called with each later failure of the state
 * @throws TransferError if a part of it is damaged or missing; the message says which file, and what to do
 */
export async function openState(
  { state, plaintext, sftp, newKey }: Config,
  onTrouble: (error: StateError) => void,
): Promise<OpenState> {
  const file = path.join(state, 'state.db')
  const key = path.join(state, 'identity.pem')
  requireDatabase(file, key)
  let isOpen = false
  const database = openDatabase(file, { onTrouble: (error) => isOpen && onTrouble(error) })
  using opened = new DisposableStack()
  opened.defer(() => database.close())
  beginUsage(database)
  const identity = plaintext ? undefined : await loadKnownIdentity(database, key, newKey)
  const hostFile = path.join(state, 'ssh_host_ed25519_key')
  const hostKey = sftp ? await loadKnownHostKey(database, hostFile, newKey) : undefined
  // From now on, this thread hardly waits for other writers; it tries again instead.
  database.exec(`PRAGMA busy_timeout = ${MOST_WAIT_MS}`)
  isOpen = true
  const held = opened.move()
  return { database, identity, hostKey, [Symbol.dispose]: () => held.dispose() }
}
