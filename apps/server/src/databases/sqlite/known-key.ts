import fs from 'node:fs'
import path from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { TransferError } from '@ftp/protocol'
import { type HostKey, loadHostKey } from '../../state/host-key.ts'
import { type Identity, loadIdentity } from '../../state/identity.ts'
import { exclusively } from './transaction.ts'

/** Has a row once the server has shown its key to a client. */
export const KNOWN_KEY_TABLE = `
  CREATE TABLE known_key (fingerprint TEXT NOT NULL) STRICT;
`

/** The same for the key that clients of SSH know. */
export const KNOWN_HOST_KEY_TABLE = `
  CREATE TABLE known_host_key (fingerprint TEXT NOT NULL) STRICT;
`

/*
 * The key and the database belong together. A server that has lost one of them is not a new server: without
 * the key, its clients would refuse it, and without the database, its accounts would be gone. So neither is
 * created anew while the other exists, unless the operator requests it.
 */

/**
 * Call this before opening the database, which creates a missing one.
 * @throws TransferError `not_found` if there is a key but no database
 */
export function requireDatabase(database: string, key: string): void {
  const size = fs.statSync(database, { throwIfNoEntry: false })?.size ?? 0
  if (size > 0 || !fs.existsSync(key)) return
  const state = path.dirname(database)
  throw new TransferError(
    'not_found',
    `"${database}" is missing, though the server's key is there: restore it from a backup. To begin without the old accounts, make new ones with: ftp-server user add <name> --state "${state}"`,
  )
}

/**
 * Reads the server's identity; creates it if no client can know one, or if that is permitted.
 * @throws TransferError `not_found` if clients know a key that is missing; also whatever loadIdentity throws
 */
export function loadKnownIdentity(
  database: DatabaseSync,
  file: string,
  isNewAllowed: boolean,
): Promise<Identity> {
  return loadKnown(database, { table: 'known_key', file, isNewAllowed, load: loadIdentity })
}

/** As {@link loadKnownIdentity}, for the host key of SSH. */
export function loadKnownHostKey(
  database: DatabaseSync,
  file: string,
  isNewAllowed: boolean,
): Promise<HostKey> {
  return loadKnown(database, { table: 'known_host_key', file, isNewAllowed, load: loadHostKey })
}

interface Known<T> {
  readonly table: 'known_key' | 'known_host_key'
  readonly file: string
  readonly isNewAllowed: boolean
  readonly load: (file: string) => Promise<T>
}

async function loadKnown<T extends { readonly fingerprint: string }>(
  database: DatabaseSync,
  { table, file, isNewAllowed, load }: Known<T>,
): Promise<T> {
  const known = database.prepare(`SELECT fingerprint FROM ${table}`).get()
  if (known !== undefined && !isNewAllowed && !fs.existsSync(file))
    throw new TransferError(
      'not_found',
      `"${file}" is missing, the key by which clients know this server (${String(known.fingerprint)}): restore it from a backup. To give the server a new one, which each client has to confirm, start it once with --new-key`,
    )
  const key = await load(file)
  if (known?.fingerprint !== key.fingerprint)
    exclusively(database, () => {
      database.exec(`DELETE FROM ${table}`)
      database.prepare(`INSERT INTO ${table} VALUES (?)`).run(key.fingerprint)
    })
  return key
}
