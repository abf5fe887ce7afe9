import type { DatabaseSync } from 'node:sqlite'
import {
  foldUserName,
  formatPath,
  PERMISSIONS,
  type Permission,
  parsePath,
  printable,
  type RemotePath,
  TransferError,
  userNameProblem,
} from '@ftp/protocol'
import { Accounts } from '../databases/sqlite/accounts.ts'
import { Links } from '../databases/sqlite/links.ts'
import { PublicKeys } from '../databases/sqlite/public-keys.ts'
import { Quotas } from '../databases/sqlite/quotas.ts'
import { Tokens } from '../databases/sqlite/tokens.ts'
import { exclusively } from '../databases/sqlite/transaction.ts'
import { disownUploads } from '../databases/sqlite/uploads.ts'
import { type AccountRecord, newVerifier } from '../state/accounts.ts'
import type { OperatorAction } from '../state/audit-event.ts'
import { DOORS, type DoorName } from '../state/door-name.ts'
import { type Context, jsonLine, writeLines, writeResult } from './context.ts'
import { newPassword } from './new-password.ts'
import { recordByOperator, requireAccount } from './operator.ts'
import { makeState, openState, type StateOptions } from './state-folder.ts'
import type { Limit } from './user-options.ts'
import { describeAccount, rowsOf } from './user-text.ts'

/** The commands that concern one account. */
export type UserCommand = 'userAdd' | 'userSet' | 'userPasswd' | 'userRemove' | 'userRescan'

export interface UserOptions extends StateOptions {
  readonly home?: RemotePath
  /** Bytes. */
  readonly quota?: Limit
  readonly quotaFiles?: Limit
  /** Bytes per second. */
  readonly rate?: Limit
  readonly permissions?: readonly Permission[]
  readonly doors?: readonly DoorName[]
  readonly allowClearFtp?: boolean
  readonly enable?: boolean
  readonly disable?: boolean
  readonly passwordStdin?: boolean
}

/** `user add <name>`: creates an account. */
export async function userAdd(context: Context, typed: string, options: UserOptions): Promise<void> {
  const name = foldUserName(typed)
  const problem = userNameProblem(name)
  if (problem !== undefined)
    throw new TransferError(
      'bad_request',
      `"${printable(typed)}" cannot be the name of an account: ${problem}`,
    )
  using database = durable(makeState(options))
  const accounts = new Accounts(database)
  // Check this before a person types a password twice.
  if (accounts.find(name) !== undefined)
    throw new TransferError(
      'exists',
      `the account ${name} already exists; change it with: ftp-server user set, or: ftp-server user passwd`,
    )
  const verifier = await newVerifier(await newPassword(context, options.passwordStdin))
  const account = changed(
    {
      name,
      verifier,
      home: parsePath(name),
      permissions: PERMISSIONS,
      quota: { bytes: undefined, files: undefined },
      rate: undefined,
      doors: DOORS,
      enabled: true,
      clearFtp: false,
      created: Date.now() * 1_000,
    },
    options,
  )
  exclusively(database, () => {
    accounts.add(account)
    recordByOperator(database, 'user-add', account)
  })
  await writeResult(context, eventOf('user-add', account), `Added ${describeAccount(account)}`)
}

/** `user set <name>`: changes the given settings. The change takes effect with the account's next request. */
export async function userSet(context: Context, typed: string, options: UserOptions): Promise<void> {
  const account = change(options, typed, (before) => changed(before, options), 'user-set')
  await writeResult(context, eventOf('user-set', account), `Now ${describeAccount(account)}`)
}

/**
 * `user passwd <name>`: sets a new password. Clients that are logged in with the old one have to log in
 * again.
 */
export async function userPasswd(context: Context, typed: string, options: UserOptions): Promise<void> {
  change(options, typed, (account) => account)
  const verifier = await newVerifier(await newPassword(context, options.passwordStdin))
  const account = change(options, typed, (before) => ({ ...before, verifier }), 'user-passwd')
  const valid = stillValid(options, account.name)
  const rest = valid.length === 0 ? '' : `; still valid: ${valid.join(', ')}`
  await writeResult(context, eventOf('user-passwd', account), `${account.name} has a new password${rest}`)
}

/** What a new password does not end, in words. */
function stillValid(options: StateOptions, name: string): string[] {
  using database = openState(options)
  const counts = [
    ['token', new Tokens(database).list(name).length],
    ['share link', new Links(database).list(name).length],
    ['public key', new PublicKeys(database).list(name).length],
  ] as const
  return counts.flatMap(([what, count]) => (count === 0 ? [] : `${count} ${what}${count === 1 ? '' : 's'}`))
}

/** `user remove <name>`: removes the account, but not its files. */
export async function userRemove(context: Context, typed: string, options: UserOptions): Promise<void> {
  const account = change(options, typed, () => undefined, 'user-remove')
  const line = `Removed the account ${account.name}; its files are still there`
  await writeResult(context, eventOf('user-remove', account), line)
}

/** `user rescan <name>`: counts the home again, because another program has changed it. */
export async function userRescan(context: Context, typed: string, options: UserOptions): Promise<void> {
  const account = change(options, typed, (before) => before)
  using database = openState(options)
  new Quotas(database).forget(formatPath(account.home))
  const line = `What ${account.name} stores is counted again with the next login or upload`
  await writeResult(context, eventOf('user-rescan', account), line)
}

/** `user list`: shows all accounts. */
export async function userList(context: Context, options: UserOptions): Promise<void> {
  using database = openState(options)
  const accounts = new Accounts(database).list()
  await writeLines(
    context,
    context.json ? accounts.map((each) => jsonLine(eventOf('user', each))) : rowsOf(accounts),
  )
}

function eventOf(event: string, { verifier: _, quota, home, ...account }: AccountRecord): object {
  return { event, ...account, home: `/${home.join('/')}`, quota }
}

/**
 * Changes one account, or removes it if `action` returns undefined.
 * @returns the account after the change, or before the removal
 */
function change(
  options: StateOptions,
  typed: string,
  action: (account: AccountRecord) => AccountRecord | undefined,
  recorded?: OperatorAction,
): AccountRecord {
  using database = durable(openState(options))
  const accounts = new Accounts(database)
  return exclusively(database, () => {
    const before = requireAccount(accounts, typed)
    const after = action(before)
    if (after === undefined) {
      accounts.remove(before.name)
      disownUploads(database, before.name)
    } else if (after !== before) accounts.set(after)
    if (recorded !== undefined) recordByOperator(database, recorded, after ?? before)
    return after ?? before
  })
}

function changed(account: AccountRecord, options: UserOptions): AccountRecord {
  const {
    home = account.home,
    permissions = account.permissions,
    doors = account.doors,
    allowClearFtp: clearFtp = account.clearFtp,
    quota,
    quotaFiles,
    rate,
    enable,
    disable,
  } = options
  return {
    ...account,
    home,
    permissions,
    doors,
    clearFtp,
    rate: limit(rate, account.rate),
    quota: {
      bytes: limit(quota, account.quota.bytes),
      files: limit(quotaFiles, account.quota.files),
    },
    enabled: disable === true ? false : enable === true ? true : account.enabled,
  }
}

function limit(wanted: Limit | undefined, before: number | undefined): number | undefined {
  return wanted === 'none' ? undefined : (wanted ?? before)
}

/**
 * Unlike a digest, an account cannot be computed again, so a power loss must not undo a change that has been
 * reported as done.
 */
function durable(database: DatabaseSync): DatabaseSync {
  database.exec('PRAGMA synchronous = FULL')
  return database
}
