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
import { Quotas } from '../databases/sqlite/quotas.ts'
import { sqliteState } from '../databases/sqlite/state.ts'
import { type AccountRecord, newVerifier } from '../state/accounts.ts'
import type { OperatorAction } from '../state/audit-event.ts'
import { DOORS, type DoorName } from '../state/door-name.ts'
import { type Context, jsonLine, writeLines, writeResult } from './context.ts'
import { newPassword } from './new-password.ts'
import { accountEvent, requireAccount, requireFound } from './operator.ts'
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
  using database = makeState(options)
  const { accounts } = sqliteState(database)
  // Check this before a person types a password twice.
  if ((await accounts.find(name)) !== undefined)
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
  await accounts.add(account, accountEvent('user-add', account))
  await writeResult(context, eventOf('user-add', account), `Added ${describeAccount(account)}`)
}

/** `user set <name>`: changes the given settings. The change takes effect with the account's next request. */
export async function userSet(context: Context, typed: string, options: UserOptions): Promise<void> {
  const account = await change(options, typed, (before) => changed(before, options), 'user-set')
  await writeResult(context, eventOf('user-set', account), `Now ${describeAccount(account)}`)
}

/**
 * `user passwd <name>`: sets a new password. Clients that are logged in with the old one have to log in
 * again.
 */
export async function userPasswd(context: Context, typed: string, options: UserOptions): Promise<void> {
  await find(options, typed)
  const verifier = await newVerifier(await newPassword(context, options.passwordStdin))
  const account = await change(options, typed, (before) => ({ ...before, verifier }), 'user-passwd')
  const valid = await stillValid(options, account.name)
  const rest = valid.length === 0 ? '' : `; still valid: ${valid.join(', ')}`
  await writeResult(context, eventOf('user-passwd', account), `${account.name} has a new password${rest}`)
}

/** What a new password does not end, in words. */
async function stillValid(options: StateOptions, name: string): Promise<string[]> {
  using database = openState(options)
  const { tokens, links, publicKeys } = sqliteState(database)
  const counts = [
    ['token', (await tokens.list(name)).length],
    ['share link', (await links.list(name)).length],
    ['public key', (await publicKeys.list(name)).length],
  ] as const
  return counts.flatMap(([what, count]) => (count === 0 ? [] : `${count} ${what}${count === 1 ? '' : 's'}`))
}

/** `user remove <name>`: removes the account, but not its files. */
export async function userRemove(context: Context, typed: string, options: UserOptions): Promise<void> {
  using database = openState(options)
  const { accounts } = sqliteState(database)
  const removed = await accounts.remove(foldUserName(typed), (found) => accountEvent('user-remove', found))
  const account = requireFound(removed, typed)
  const line = `Removed the account ${account.name}; its files are still there`
  await writeResult(context, eventOf('user-remove', account), line)
}

/** `user rescan <name>`: counts the home again, because another program has changed it. */
export async function userRescan(context: Context, typed: string, options: UserOptions): Promise<void> {
  const account = await find(options, typed)
  using database = openState(options)
  new Quotas(database).forget(formatPath(account.home))
  const line = `What ${account.name} stores is counted again with the next login or upload`
  await writeResult(context, eventOf('user-rescan', account), line)
}

/** `user list`: shows all accounts. */
export async function userList(context: Context, options: UserOptions): Promise<void> {
  using database = openState(options)
  const accounts = await sqliteState(database).accounts.list()
  await writeLines(
    context,
    context.json ? accounts.map((each) => jsonLine(eventOf('user', each))) : rowsOf(accounts),
  )
}

function eventOf(event: string, { verifier: _, quota, home, ...account }: AccountRecord): object {
  return { event, ...account, home: `/${home.join('/')}`, quota }
}

/** @throws TransferError `not_found` */
async function find(options: StateOptions, typed: string): Promise<AccountRecord> {
  using database = openState(options)
  return await requireAccount(sqliteState(database).accounts, typed)
}

/**
 * Changes one account.
 * @returns the account after the change
 * @throws TransferError `not_found`
 */
async function change(
  options: StateOptions,
  typed: string,
  action: (account: AccountRecord) => AccountRecord,
  recorded: OperatorAction,
): Promise<AccountRecord> {
  using database = openState(options)
  const { accounts } = sqliteState(database)
  const eventOf = (account: AccountRecord) => accountEvent(recorded, account)
  return requireFound(await accounts.change(foldUserName(typed), action, eventOf), typed)
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
