import { printable } from '@ftp/protocol'
import { type Context, reportSummary, writeJson } from '../command-context.ts'
import { openClient } from '../open-client.ts'
import { accountText } from '../text/account.ts'

/** `whoami`: shows the account and its server, what the account may do, and how much space is left. */
export async function whoami(context: Context): Promise<number> {
  using client = await openClient(context)
  const account = await client.account()
  const { server } = client
  if (context.options.json) writeJson(context, { event: 'account', server, ...account })
  else context.stdout.write(`${printable(account.name)} on ${printable(server)}\n${accountText(account)}`)
  return reportSummary(context)
}
