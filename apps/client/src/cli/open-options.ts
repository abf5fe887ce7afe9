import { printable } from '@ftp/protocol'
import { askPassword, readPassword } from '@ftp/terminal'
import type { OpenOptions } from '../connect.ts'
import { configFolder } from '../profiles/config-folder.ts'
import { formatAddress, type Profile } from '../profiles/profiles.ts'
import type { Context } from './command-context.ts'
import { retryText } from './progress/sentences.ts'

/** The settings for connecting, from the options and the environment. */
export async function openOptions(context: Context): Promise<OpenOptions> {
  const { options, environment, signal, stdin, stderr } = context
  return {
    ...options,
    config: configFolder(options.config, environment),
    timeoutMs: options.timeout,
    retryForMs: options.retryFor,
    signal,
    user: userOf(context),
    password: await givenPassword(context),
    ...(stdin.isTTY && stderr.isTTY && { askPassword: (target) => askForPassword(context, target) }),
    onRetry: (failure, delayMs) => {
      if (!options.quiet && !options.json) stderr.write(`${retryText('ftp-client', failure, delayMs)}\n`)
    },
    onFirstContact: (name, fingerprint, confirmed) => {
      if (options.quiet || options.json) return
      const what = confirmed
        ? 'The login has confirmed its key'
        : 'Compare its key with what the server shows'
      stderr.write(`First contact with ${name}. ${what}:\n  ${fingerprint}\n`)
    },
  }
}

/** The server or profile that the user has named. */
export function serverOf({ options, environment }: Context): string | undefined {
  return options.server ?? (environment.FTP_SERVER || undefined)
}

export function userOf({ environment }: Context): string | undefined {
  return environment.FTP_USER || undefined
}

const passwords = new WeakMap<Context['stdin'], Promise<string>>()

/** The password that a script provides: read once from standard input, or taken from the environment. */
export async function givenPassword({ options, environment, stdin }: Context): Promise<string | undefined> {
  if (!options.passwordStdin) return environment.FTP_PASSWORD || undefined
  const password = passwords.get(stdin) ?? readPassword(stdin)
  passwords.set(stdin, password)
  return await password
}

/** @throws TransferError `login` if there is no terminal */
export async function askForPassword(context: Context, target: Profile): Promise<string> {
  return await askPassword(context, `Password of ${printable(target.user)} on ${formatAddress(target)}: `)
}
