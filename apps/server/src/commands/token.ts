import { type Permission, printable } from '@ftp/protocol'
import { sqliteState } from '../databases/sqlite/state.ts'
import { requireFuture } from '../share/own-links.ts'
import { requireTokenName } from '../share/own-tokens.ts'
import type { TokenRecord } from '../state/tokens.ts'
import { type Context, jsonLine, tableOf, writeLines, writeResult } from './context.ts'
import { operatorEvent, requireAccount } from './operator.ts'
import { openState, type StateOptions } from './state-folder.ts'
import { timeText } from './time-text.ts'

export interface TokenAddOptions extends StateOptions {
  readonly permissions?: readonly Permission[]
  /** Microseconds since 1970. */
  readonly expires?: number
}

export interface TokenListOptions extends StateOptions {
  readonly user?: string
}

/** `token add <user> <name>`: makes a token, and prints it. */
export async function tokenAdd(
  context: Context,
  user: string,
  name: string,
  options: TokenAddOptions,
): Promise<void> {
  const { permissions, expires } = options
  requireTokenName(name)
  requireFuture(expires)
  using database = openState(options)
  const { accounts, tokens } = sqliteState(database)
  const account = await requireAccount(accounts, user)
  const wanted = { account: account.name, name, permissions, expires }
  const secret = await tokens.add(wanted, operatorEvent('token-add', account.name, name))
  const event = { event: 'token-add', user: account.name, secret, name, permissions, expires }
  await writeResult(context, event, secret)
}

/** `token list`: shows the tokens of one user, or of all. */
export async function tokenList(context: Context, { user, ...options }: TokenListOptions): Promise<void> {
  using database = openState(options)
  const { accounts, tokens } = sqliteState(database)
  const owner = user === undefined ? undefined : await requireAccount(accounts, user)
  const found = await tokens.list(owner?.name)
  await writeLines(
    context,
    context.json
      ? found.map(({ account, ...token }) => jsonLine({ event: 'token', user: account, ...token }))
      : tableOf(['NAME', 'USER', 'RIGHTS', 'USED', 'UNTIL'], found.map(row)),
  )
}

function row({ name, account, permissions, used, expires }: TokenRecord): string[] {
  return [
    printable(name),
    account,
    permissions === undefined ? "the user's" : permissions.join(',') || 'none',
    used === undefined ? 'never' : timeText(used),
    expires === undefined ? 'removed' : timeText(expires),
  ]
}

/** `token remove <user> <name…>`: removes tokens. */
export async function tokenRemove(
  context: Context,
  user: string,
  names: readonly string[],
  options: StateOptions,
): Promise<void> {
  using database = openState(options)
  const { accounts, tokens } = sqliteState(database)
  const account = await requireAccount(accounts, user)
  for (const name of names) {
    await tokens.remove(account.name, name, operatorEvent('token-remove', account.name, name))
    const line = `Removed the token ${printable(name)} of ${account.name}`
    await writeResult(context, { event: 'token-remove', user: account.name, name }, line)
  }
}
