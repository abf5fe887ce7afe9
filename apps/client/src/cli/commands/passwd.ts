import { ANONYMOUS, printable, TransferError } from '@ftp/protocol'
import { askPassword } from '@ftp/terminal'
import { openAs } from '../../connect.ts'
import { PasswordLogin } from '../../profiles/credentials.ts'
import { formatAddress, type Profile, Profiles } from '../../profiles/profiles.ts'
import { findServer } from '../../profiles/server-address.ts'
import { type Context, folderOf, reportSummary, writeJson } from '../command-context.ts'
import { askForPassword, givenPassword, openOptions, serverOf, userOf } from '../open-options.ts'

/**
 * `passwd`: changes the password of the account. Even a client that is logged in is asked for the old
 * password, so that nobody who finds an unattended terminal can lock its owner out. With --password-stdin,
 * the new password is read from standard input.
 */
export async function passwd(context: Context): Promise<number> {
  const { environment, options, signal } = context
  if (context.client !== undefined)
    throw new TransferError(
      'usage',
      'a shell cannot change your password; type exit, then: ftp-client passwd',
    )
  const profiles = new Profiles(folderOf(context))
  const found = await findServer(serverOf(context), userOf(context), profiles, signal)
  const { host, port, plaintext } = found
  const user = found.user ?? ANONYMOUS
  if (user === ANONYMOUS)
    throw new TransferError('usage', 'no user is named; type: ftp-client -s <user>@<server> passwd')
  const target: Profile = { host, port, user, plaintext: plaintext || (options.plaintext ?? false) }

  const before = environment.FTP_PASSWORD || (await askForPassword(context, target))
  const connection = await openOptions({ ...context, options: { ...options, passwordStdin: false } })
  using client = await openAs(target, new PasswordLogin(user, before), connection)
  const password = options.passwordStdin ? await givenPassword(context) : await askTwice(context)
  await client.passwd(password ?? '')

  // The stored login no longer works; this login proves that the new password does.
  const login = new PasswordLogin(user, password ?? '')
  using again = await openAs(target, login, connection)
  const account = await again.account()
  const name = profiles.find(target, user)
  if (name !== undefined) profiles.save(name, { ...target, user: account.name, keys: await login.derived })
  if (options.json) writeJson(context, { event: 'passwd', server: `${host}:${port}`, account })
  else if (!options.quiet)
    context.stdout.write(
      `${printable(account.name)} has a new password on ${printable(formatAddress(target))}\n`,
    )
  return reportSummary(context)
}

async function askTwice(context: Context): Promise<string> {
  const password = await askPassword(context, 'New password: ')
  if ((await askPassword(context, 'The same again: ')) === password) return password
  throw new TransferError('usage', 'the two passwords differ; nothing was changed')
}
