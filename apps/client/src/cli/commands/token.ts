import { type Permission, printable, type Token, TransferError } from '@ftp/protocol'
import { alignColumns } from '@ftp/terminal'
import { type Context, forEach, reportSummary, writeJson } from '../command-context.ts'
import { timeText } from '../entry-list.ts'
import { openClient } from '../open-client.ts'

export interface TokenOptions {
  readonly permissions?: readonly Permission[]
  /** Microseconds since 1970. */
  readonly expires?: number
}

/** `token`: makes, lists and removes the tokens of the account. */
export async function token(
  context: Context,
  action: 'list' | 'add' | 'remove' | 'rm' | undefined,
  names: readonly string[],
  options: TokenOptions,
): Promise<number> {
  if (action === 'add') return await add(context, names, options)
  if (Object.keys(options).length > 0)
    throw new TransferError('usage', 'these options are for a new token; type: token add <name> [options]')
  if (action === 'remove' || action === 'rm') return await remove(context, names)
  if (names.length > 0)
    throw new TransferError('usage', 'token list takes no names; it lists all your tokens')
  return await list(context)
}

async function add(context: Context, names: readonly string[], options: TokenOptions): Promise<number> {
  const [name, ...rest] = names
  if (name === undefined || rest.length > 0)
    throw new TransferError('usage', 'a new token needs one name; type: token add <name>')
  using client = await openClient(context)
  const { secret, token: made } = await client.addToken(name, options)
  const { json, quiet } = context.options
  if (json) writeJson(context, { event: 'token-added', secret, ...made })
  else {
    context.stdout.write(`${printable(secret)}\n`)
    if (!quiet)
      context.stderr.write(
        'It is shown only this once. A program uses it as the password, with your user name.\n',
      )
  }
  return reportSummary(context)
}

async function list(context: Context): Promise<number> {
  using client = await openClient(context)
  const found = await client.tokens()
  if (context.options.json) for (const each of found) writeJson(context, { event: 'token', ...each })
  else if (found.length > 0)
    for (const line of alignColumns([HEADING, ...found.map(row)])) context.stdout.write(`${line}\n`)
  return reportSummary(context, { done: found.length })
}

const HEADING = ['NAME', 'RIGHTS', 'USED', 'UNTIL']

function row({ name, permissions, used, expires }: Token): string[] {
  return [
    printable(name),
    permissions === undefined ? 'yours' : permissions.map(printable).join(',') || 'none',
    used === undefined ? 'never' : timeText(used),
    expires === undefined ? 'removed' : timeText(expires),
  ]
}

async function remove(context: Context, names: readonly string[]): Promise<number> {
  if (names.length === 0)
    throw new TransferError('usage', 'name the tokens; list them with: ftp-client token list')
  using client = await openClient(context)
  return await forEach(context, names, async (name) => {
    await client.revokeToken(name)
    if (context.options.json) writeJson(context, { event: 'token-removed', name })
    else if (!context.options.quiet) context.stdout.write(`removed: ${printable(name)}\n`)
  })
}
