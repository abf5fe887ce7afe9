import { localPath, printable, resolvePath, type ShareLink } from '@ftp/protocol'
import { Accounts } from '../databases/sqlite/accounts.ts'
import { Links } from '../databases/sqlite/links.ts'
import { durably, exclusively } from '../databases/sqlite/transaction.ts'
import { openStorage } from '../open-storage.ts'
import { kindOf, linkOf, requireFuture } from '../share/own-links.ts'
import { newVerifier } from '../state/accounts.ts'
import type { LinkRecord } from '../state/link-record.ts'
import { type Context, jsonLine, tableOf, writeLines, writeResult } from './context.ts'
import { newPassword } from './new-password.ts'
import { recordByOperator, requireAccount } from './operator.ts'
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
  const account = requireAccount(new Accounts(database), user)
  const path = resolvePath(typed)
  const kind = kindOf(opened.storage.below(account.home), path, upload ? 'upload' : 'read')
  const hasPassword = password || passwordStdin
  const verifier = hasPassword ? await newVerifier(await newPassword(context, passwordStdin)) : undefined
  const links = new Links(database)
  const target = localPath([...account.home, ...path])
  const wanted = { account: account.name, path: target, kind, expires, mostUses, verifier }
  const { id, secret } = durably(database, () =>
    exclusively(database, () => {
      const added = links.add(wanted)
      recordByOperator(database, 'share-add', account, `link ${added.id} to /${target.join('/')}`)
      return added
    }),
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
  const accounts = new Accounts(database)
  const links = new Links(database).list(user === undefined ? undefined : requireAccount(accounts, user).name)
  const shown = links.map((link) => ({ user: link.account, ...shownOf(accounts, link) }))
  await writeLines(
    context,
    context.json
      ? shown.map((link) => jsonLine({ event: 'share', ...link }))
      : tableOf(HEADING, shown.map(row)),
  )
}

function shownOf(accounts: Accounts, link: LinkRecord): ShareLink {
  return linkOf(requireAccount(accounts, link.account), link)
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
  const [accounts, links] = [new Accounts(database), new Links(database)]
  for (const id of ids) {
    const { account } = durably(database, () =>
      exclusively(database, () => {
        const removed = links.remove(id)
        recordByOperator(database, 'share-remove', accounts.find(removed.account), `link ${id}`)
        return removed
      }),
    )
    await writeResult(
      context,
      { event: 'share-remove', user: account, id },
      `Removed the link ${id} of ${account}`,
    )
  }
}
