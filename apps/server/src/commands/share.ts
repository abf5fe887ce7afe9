import { localPath, printable, resolvePath, type ShareLink } from '@ftp/protocol'
import { sqliteState } from '../databases/sqlite/state.ts'
import { openStorage } from '../open-storage.ts'
import { kindOf, linkOf, requireFuture } from '../share/own-links.ts'
import { type Accounts, newVerifier } from '../state/accounts.ts'
import type { LinkRecord } from '../state/link-record.ts'
import { type Context, jsonLine, tableOf, writeLines, writeResult } from './context.ts'
import { newPassword } from './new-password.ts'
import { operatorEvent, requireAccount } from './operator.ts'
import { openState, type StateOptions } from './state-folder.ts'
import { timeText } from './time-text.ts'

export interface ShareAddOptions extends StateOptions {
  readonly upload?: boolean
  /** Microseconds since 1970. */
  readonly expires?: number
  readonly uses?: number
  readonly password?: boolean
  readonly passwordStdin?: boolean
}

export interface ShareListOptions extends StateOptions {
  readonly user?: string
}

/** `share add <user> <path>`: makes a link to a path in the home of a user. */
export async function shareAdd(
  context: Context,
  user: string,
  typed: string,
  options: ShareAddOptions,
): Promise<void> {
  const { root, upload = false, expires, uses: mostUses, password = false, passwordStdin = false } = options
  requireFuture(expires)
  using database = openState(options)
  using opened = openStorage(root, database)
  const { accounts, links } = sqliteState(database)
  const account = await requireAccount(accounts, user)
  const path = resolvePath(typed)
  const kind = kindOf(opened.storage.below(account.home), path, upload ? 'upload' : 'read')
  const hasPassword = password || passwordStdin
  const verifier = hasPassword ? await newVerifier(await newPassword(context, passwordStdin)) : undefined
  const target = localPath([...account.home, ...path])
  const wanted = { account: account.name, path: target, kind, expires, mostUses, verifier }
  const { id, secret } = await links.add(wanted, (id) =>
    operatorEvent('share-add', account.name, `link ${id} to /${target.join('/')}`),
  )
  const link = linkOf(account, { ...wanted, id, created: Date.now() * 1_000, uses: 0, used: undefined })
  const url = `/s/${secret}`
  await writeResult(context, { event: 'share-add', user: account.name, url, ...link }, url)
  if (!context.json && context.stderr.isTTY) context.stderr.write(HINT)
}

const HINT = "Put the server's address before it: https://nas.local:7021/s/…\n"

/** `share list`: shows the links of one user, or of all. */
export async function shareList(context: Context, { user, ...options }: ShareListOptions): Promise<void> {
  using database = openState(options)
  const { accounts, links } = sqliteState(database)
  const owner = user === undefined ? undefined : await requireAccount(accounts, user)
  const shown: (ShareLink & { user: string })[] = []
  for (const link of await links.list(owner?.name))
    shown.push({ user: link.account, ...(await shownOf(accounts, link)) })
  await writeLines(
    context,
    context.json
      ? shown.map((link) => jsonLine({ event: 'share', ...link }))
      : tableOf(HEADING, shown.map(row)),
  )
}

async function shownOf(accounts: Accounts, link: LinkRecord): Promise<ShareLink> {
  return linkOf(await requireAccount(accounts, link.account), link)
}

const HEADING = ['ID', 'USER', 'ACCESS', 'USES', 'UNTIL', 'PASSWORD', 'PATH']

function row({
  id,
  user,
  access,
  uses,
  mostUses,
  expires,
  hasPassword,
  path,
}: ShareLink & { user: string }): string[] {
  return [
    id,
    user,
    access,
    mostUses === undefined ? String(uses) : `${uses} of ${mostUses}`,
    expires === undefined ? 'removed' : timeText(expires),
    hasPassword ? 'yes' : 'no',
    path === undefined ? '(outside the home)' : `/${printable(path)}`,
  ]
}

/** `share remove <id…>`: removes links, whoever made them. */
export async function shareRemove(
  context: Context,
  ids: readonly string[],
  options: StateOptions,
): Promise<void> {
  using database = openState(options)
  const { links } = sqliteState(database)
  for (const id of ids) {
    const { account } = await links.remove(id, undefined, (removed) =>
      operatorEvent('share-remove', removed.account, `link ${id}`),
    )
    await writeResult(
      context,
      { event: 'share-remove', user: account, id },
      `Removed the link ${id} of ${account}`,
    )
  }
}
