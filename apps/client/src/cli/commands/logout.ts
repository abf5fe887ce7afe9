import { printable, TransferError } from '@ftp/protocol'
import { Profiles } from '../../profiles/profiles.ts'
import { parseServer } from '../../profiles/server-address.ts'
import { type Context, folderOf, reportSummary, writeJson } from '../command-context.ts'
import { serverOf, userOf } from '../open-options.ts'

/** `logout [server]`: forgets the keys of a login. Without a name, that is the last login. */
export async function logout(context: Context, server: string | undefined): Promise<number> {
  const logins = new Profiles(folderOf(context))
  const typed = server ?? serverOf(context) ?? logins.last
  const name = typed === undefined ? undefined : profileOf(logins, typed, userOf(context))
  if (name === undefined)
    throw new TransferError(
      'not_found',
      typed === undefined ? 'there is no login to forget' : `there is no login to "${printable(typed)}"`,
    )
  logins.remove(name)
  if (context.options.json) writeJson(context, { event: 'logout', profile: name })
  else if (!context.options.quiet) context.stdout.write(`Forgot the login to ${printable(name)}\n`)
  return reportSummary(context)
}

function profileOf(logins: Profiles, typed: string, user: string | undefined): string | undefined {
  if (logins.get(typed) !== undefined) return typed
  const address = parseServer(typed)
  return logins.find(address, address.user ?? user)
}
