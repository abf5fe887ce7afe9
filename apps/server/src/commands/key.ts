import fs from 'node:fs'
import { text } from 'node:stream/consumers'
import { fromErrno, printable } from '@ftp/protocol'
import { sqliteState } from '../databases/sqlite/state.ts'
import { parsePublicKey } from '../state/public-key.ts'
import type { PublicKeyRecord } from '../state/public-keys.ts'
import { type Context, jsonLine, tableOf, writeLines, writeResult } from './context.ts'
import { operatorEvent, requireAccount } from './operator.ts'
import { openState, type StateOptions } from './state-folder.ts'

export type KeyOptions = StateOptions

/** `user key add <name> <file>`: adds the key of a `.pub` file. */
export async function keyAdd(
  context: Context,
  name: string,
  file: string,
  options: KeyOptions,
): Promise<void> {
  using database = openState(options)
  const { accounts, publicKeys } = sqliteState(database)
  const account = await requireAccount(accounts, name)
  const key = parsePublicKey(await readText(context, file))
  await publicKeys.add(account.name, key, operatorEvent('key-add', account.name, key.fingerprint))
  await writeResult(
    context,
    { event: 'key-add', ...shownOf({ ...key, account: account.name, created: Date.now() * 1_000 }) },
    `Added ${key.fingerprint} (${key.type}) to ${account.name}`,
  )
}

/** `user key list [name]`: shows the keys of one user, or of all. */
export async function keyList(
  context: Context,
  name: string | undefined,
  options: KeyOptions,
): Promise<void> {
  using database = openState(options)
  const { accounts, publicKeys } = sqliteState(database)
  const owner = name === undefined ? undefined : await requireAccount(accounts, name)
  const keys = await publicKeys.list(owner?.name)
  await writeLines(
    context,
    context.json
      ? keys.map((key) => jsonLine({ event: 'key', ...shownOf(key) }))
      : tableOf(['USER', 'TYPE', 'FINGERPRINT', 'COMMENT'], keys.map(row)),
  )
}

function shownOf({ account, type, fingerprint, comment, created }: PublicKeyRecord): object {
  return { user: account, type, fingerprint, comment, created }
}

function row({ account, type, fingerprint, comment }: PublicKeyRecord): string[] {
  return [account, type, fingerprint, printable(comment)]
}

/** `user key remove <name> <fingerprint…>`: removes keys. */
export async function keyRemove(
  context: Context,
  name: string,
  fingerprints: readonly string[],
  options: KeyOptions,
): Promise<void> {
  using database = openState(options)
  const { accounts, publicKeys } = sqliteState(database)
  const account = await requireAccount(accounts, name)
  for (const fingerprint of fingerprints) {
    const event = operatorEvent('key-remove', account.name, fingerprint)
    await publicKeys.remove(account.name, fingerprint, event)
    const line = `Removed the key ${fingerprint} of ${account.name}`
    await writeResult(context, { event: 'key-remove', user: account.name, fingerprint }, line)
  }
}

async function readText({ stdin }: Context, file: string): Promise<string> {
  try {
    return file === '-' ? await text(stdin) : await fs.promises.readFile(file, 'utf8')
  } catch (error) {
    throw fromErrno(error, `"${printable(file)}"`)
  }
}
