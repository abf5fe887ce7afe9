import { type AccountInfo, ANONYMOUS, printable, TransferError } from '@ftp/protocol'
import { ask } from '@ftp/terminal'
import { openAs } from '../../connect.ts'
import { PasswordLogin } from '../../profiles/credentials.ts'
import { formatAddress, type Profile, Profiles } from '../../profiles/profiles.ts'
import { findServer } from '../../profiles/server-address.ts'
import { type Context, folderOf, reportSummary, writeJson } from '../command-context.ts'
import { askForPassword, givenPassword, openOptions, serverOf, userOf } from '../open-options.ts'
import { accountText } from '../text/account.ts'

export interface LoginOptions {
  /** The name of the profile. */
  readonly as?: string
}

/**
 * `login [server]`: proves the password once, and remembers the server together with the keys that log in
 * again.
 */
export async function login(
  context: Context,
  server: string | undefined,
  { as }: LoginOptions,
): Promise<number> {
  const { options, signal } = context
  if (context.client !== undefined)
    throw new TransferError(
      'usage',
      'this shell is connected already; type exit first, then log in to another server',
    )
  const logins = new Profiles(folderOf(context))
  const { host, port, ...found } = await findServer(
    server ?? serverOf(context),
    userOf(context),
    logins,
    signal,
  )
  const target = {
    host,
    port,
    user: found.user ?? (await askUser(context, formatAddress({ host, port }))),
    plaintext: options.plaintext ?? false,
  }
  const password = await passwordFor(context, target)
  const account = await prove(context, target, password)

  const name = as ?? formatAddress(target)
  const keys = await password?.derived
  logins.save(name, { ...target, user: account.name, keys })
  if (options.json) writeJson(context, { event: 'login', profile: name, server: `${host}:${port}`, account })
  else if (!options.quiet)
    context.stdout.write(
      `Logged in to ${printable(formatAddress(target))} as ${printable(account.name)}\n${accountText(account)}`,
    )
  return reportSummary(context)
}

async function askUser(context: Context, server: string): Promise<string> {
  if (context.stdin.isTTY !== true || context.options.passwordStdin)
    throw new TransferError(
      'usage',
      `no user is named; type ftp-client login <user>@${printable(server)}, or set FTP_USER`,
    )
  return (await ask(context, `User on ${printable(server)}: `)).trim() || ANONYMOUS
}

/** @returns undefined for `anonymous` */
async function passwordFor(context: Context, target: Profile): Promise<PasswordLogin | undefined> {
  if (target.user === ANONYMOUS) return undefined
  const password = (await givenPassword(context)) ?? (await askForPassword(context, target))
  return new PasswordLogin(target.user, password)
}

async function prove(
  context: Context,
  target: Profile,
  password: PasswordLogin | undefined,
): Promise<AccountInfo> {
  using client = await openAs(target, password, await openOptions(context))
  return await client.account()
}
