import { printable, type ShareLink, TransferError } from '@ftp/protocol'
import { alignColumns, askPassword } from '@ftp/terminal'
import { renderUnicodeCompact } from 'uqr'
import { readText } from '../arguments/read-text.ts'
import { type Context, forEach, remotePath, reportSummary, writeJson } from '../command-context.ts'
import { timeText } from '../entry-list.ts'
import { openClient } from '../open-client.ts'

export interface ShareOptions {
  readonly upload?: boolean
  /** Microseconds since 1970. */
  readonly expires?: number
  readonly uses?: number
  readonly password?: boolean
  readonly passwordFile?: string
}

/** `share`: makes a link to a path; `share list` and `share remove` show and end the links of the account. */
export async function share(
  context: Context,
  words: readonly string[],
  options: ShareOptions,
): Promise<number> {
  const [first = 'list', ...rest] = words
  switch (first) {
    case 'list':
    case 'ls':
      return await list(context, rest, options)
    case 'remove':
    case 'rm':
      return await remove(context, rest, options)
    default:
      if (rest.length > 0)
        throw new TransferError('usage', 'a link shares one path; run the command once for each path')
      return await add(context, first, options)
  }
}

async function add(context: Context, typed: string, options: ShareOptions): Promise<number> {
  const { upload = false, expires, uses: mostUses } = options
  const path = remotePath(context, typed)
  const password = await passwordFor(context, options)
  using client = await openClient(context)
  const access = upload ? 'upload' : 'read'
  const { url, link } = await client.share(path, { access, expires, mostUses, password })
  const { json, quiet } = context.options
  if (json) writeJson(context, { event: 'shared', url, ...link })
  else {
    context.stdout.write(`${url}\n`)
    if (context.stdout.isTTY && !quiet) context.stdout.write(`${renderUnicodeCompact(url)}\n`)
    if (!quiet) context.stderr.write(notes(url, link))
  }
  return reportSummary(context)
}

/** What somebody who has made a link should know about it. */
function notes(url: string, { id }: ShareLink): string {
  const isLocal = /^https?:\/\/(localhost|127\.|\[::1\])/.test(url)
  const local =
    'This address works on this machine only: replace it with the one under which others reach the server.\n'
  return `${isLocal ? local : ''}To end it: ftp-client share remove ${printable(id)}\n`
}

async function passwordFor(
  context: Context,
  { password = false, passwordFile }: ShareOptions,
): Promise<string | undefined> {
  if (passwordFile !== undefined) return (await readText(context, passwordFile)).replace(/\r?\n$/, '')
  if (!password) return undefined
  const typed = await askPassword(context, 'Password of the link: ')
  if ((await askPassword(context, 'The same again: ')) === typed) return typed
  throw new TransferError('usage', 'the two passwords differ; nothing was shared')
}

async function list(context: Context, rest: readonly string[], options: ShareOptions): Promise<number> {
  if (rest.length > 0 || Object.keys(options).length > 0)
    throw new TransferError('usage', 'share list takes no arguments or options; it lists all your links')
  using client = await openClient(context)
  const links = await client.shares()
  if (context.options.json) for (const link of links) writeJson(context, { event: 'share', ...link })
  else if (links.length > 0)
    for (const line of alignColumns([HEADING, ...links.map(row)])) context.stdout.write(`${line}\n`)
  return reportSummary(context, { done: links.length })
}

const HEADING = ['ID', 'ACCESS', 'USES', 'UNTIL', 'PASSWORD', 'PATH']

function row({ id, path, access, uses, mostUses, expires, hasPassword }: ShareLink): string[] {
  return [
    printable(id),
    access,
    mostUses === undefined ? String(uses) : `${uses} of ${mostUses}`,
    expires === undefined ? 'removed' : timeText(expires),
    hasPassword ? 'yes' : 'no',
    path === undefined ? '(outside your home)' : `/${printable(path)}`,
  ]
}

async function remove(context: Context, ids: readonly string[], options: ShareOptions): Promise<number> {
  if (ids.length === 0 || Object.keys(options).length > 0)
    throw new TransferError('usage', 'name the links by their ids; list them with: ftp-client share list')
  using client = await openClient(context)
  return await forEach(context, ids, async (id) => {
    await client.unshare(id)
    if (context.options.json) writeJson(context, { event: 'unshared', id })
    else if (!context.options.quiet) context.stdout.write(`removed: ${printable(id)}\n`)
  })
}
