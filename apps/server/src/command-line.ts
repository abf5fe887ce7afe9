import { DEFAULT_PORT, VERSION } from '@ftp/protocol'
import { Command, Help, Option } from 'commander'
import type { AuditOptions } from './commands/audit.ts'
import type { CheckOptions } from './commands/check.ts'
import type { Context } from './commands/context.ts'
import { addKeyCommands, addShareCommands, addTokenCommands } from './commands/credential-commands.ts'
import { addFtpOptions } from './commands/ftp-options.ts'
import { addGuardOptions } from './commands/guard-options.ts'
import { moment } from './commands/moment.ts'
import { number } from './commands/number.ts'
import type { ServeOptions } from './commands/serve.ts'
import { addStateOptions, DEFAULT_STATE, type StateOptions } from './commands/state-folder.ts'
import type { AbortOptions } from './commands/uploads.ts'
import type { UserCommand, UserOptions } from './commands/user.ts'
import { addAccountOptions, addPasswordOption, type Limit, rate } from './commands/user-options.ts'
import { DEFAULT_PARTIAL_DAYS } from './config.ts'
import { AUDIT_ACTIONS } from './state/audit-event.ts'

/** Every command has it, and it may stand anywhere on the line. */
const JSON_OPTION = new Option('--json', 'print one JSON object per line on standard output')

/** Calls a command with its context. */
export type Execute = (run: (context: Context) => Promise<void>) => Promise<void>

/**
 * The commands, their options and their help. After help, and for an error in the arguments, the result throws
 * a CommanderError.
 * @param writeOut receives the help; by default it is discarded
 */
export function commandLine(execute: Execute, writeOut: (text: string) => void = () => {}): Command {
  const program = new Command('ftp-server')
    .configureOutput({ writeOut })
    .description('Serves a folder on your own network to ftp-client, browsers, and programs such as curl.')
    .usage('[options] [root]\n       ftp-server <command> [options]')
    .version(VERSION)
    .addOption(JSON_OPTION)
    .addHelpText('after', examplesText())
    .exitOverride()
  // Serving has no command name, so the help of the program itself describes its arguments and options. It
  // shows only those that most people need, so that it fits on a screen.
  const { visibleArguments, visibleOptions } = new Help()
  program.configureHelp({
    optionDescription,
    visibleArguments: (command) => visibleArguments(command === program ? serving : command),
    visibleOptions(command) {
      const own = visibleOptions.call(this, command)
      const most = serving.options.filter(({ helpGroupHeading }) => helpGroupHeading === undefined)
      return command === program ? [...most, ...own] : [...own.slice(0, -1), JSON_OPTION, ...own.slice(-1)]
    },
  })

  const serving = program
    .command('serve', { isDefault: true, hidden: true })
    .description('serve a folder')
    .argument('[root]', 'the folder to serve', 'storage')
    .addOption(
      new Option('-p, --port <n>', `the port to listen on; 0 for any free one (default: ${DEFAULT_PORT})`)
        .argParser(number(0, 65_535))
        .env('FTP_SERVER_PORT'),
    )
    .addOption(
      new Option('-H, --host <address>', 'the address to listen on (default: all interfaces)')
        .argParser((host) => host.replace(/^\[(.*)\]$/, '$1'))
        .env('FTP_SERVER_HOST'),
    )
    .addOption(
      new Option('--state <dir>', `the folder for accounts, key and digests (default: ${DEFAULT_STATE})`).env(
        'FTP_SERVER_STATE',
      ),
    )
    .addOption(
      new Option('--anonymous <access>', 'what clients without an account may do')
        .choices(['none', 'read', 'write'])
        .default('none')
        .env('FTP_SERVER_ANONYMOUS'),
    )
    .addOption(
      new Option('--names <rule>', 'the names that new files may have; Windows can store only portable ones')
        .choices(['portable', 'any'])
        .default('portable')
        .env('FTP_SERVER_NAMES'),
    )
    .addOption(
      new Option('--threads <n>', 'the number of handler threads (default: one per available processor)')
        .argParser(number(1, 256))
        .env('FTP_SERVER_THREADS'),
    )
    .option('--plaintext', 'turn off TLS; for trusted links and measurements only')
    .option('--no-web', 'do not serve HTTP (browsers, curl) on the same port')
    .option('--no-sftp', 'do not serve SFTP (scp, WinSCP, sshfs) on the same port')
    .option('--ftp', 'serve FTP, too, with TLS and on a port of its own (see: ftp-server help serve)')
    .addOption(
      new Option(
        '--tls-cert <pem>',
        'show this certificate to browsers; the file is read again if it changes',
      ).env('FTP_SERVER_TLS_CERT'),
    )
    .addOption(new Option('--tls-key <pem>', 'the private key of that certificate').env('FTP_SERVER_TLS_KEY'))
    .addOption(
      new Option(
        '--partial-days <n>',
        `days to keep an upload that nobody continues (default: ${DEFAULT_PARTIAL_DAYS})`,
      )
        .argParser(number(0, 36_500))
        .env('FTP_SERVER_PARTIAL_DAYS'),
    )
    .addOption(
      new Option(
        '--on-upload <program>',
        'run this after each upload, with the path of the file as its argument and JSON on its standard input',
      ).env('FTP_SERVER_ON_UPLOAD'),
    )
    .addOption(new Option('--notify <url>', 'post each upload to this URL as JSON').env('FTP_SERVER_NOTIFY'))
    .addOption(
      new Option(
        '--metrics <port>',
        'serve /metrics (Prometheus), /health and /ready on this port of 127.0.0.1',
      )
        .argParser(number(0, 65_535))
        .env('FTP_SERVER_METRICS'),
    )
    .option('--new-key', 'make a new key if the server has lost its own; users have to confirm the new one')
    .option('--qr', 'show the address as a QR code even if the output is not a terminal')
    .option('--no-announce', 'do not announce the server on the local network (ftp-client discover)')
    .option(
      '--no-fsync',
      'do not wait for the disk: faster, but a power cut may destroy files that were just stored',
    )
  addFtpOptions(addGuardOptions(serving)).action((root: string, options: ServeOptions) =>
    execute(async (context) => (await import('./commands/serve.ts')).serve(context, root, options)),
  )

  addStateOptions(program.command('audit').description('show who did what'))
    .option('--user <name>', 'only events of this account')
    .option('--since <time>', 'only events newer than this date or age: 2026-01-31, 24h', moment)
    .option('--until <time>', 'only events older than this date or age', moment)
    .option('--path <path>', 'only events at or below this path')
    .addOption(new Option('--action <action>', 'only events of this kind').choices(AUDIT_ACTIONS))
    .option('--limit <n>', 'only the newest n events', number(1, 1_000_000_000))
    .action((options: AuditOptions) =>
      execute(async (context) => (await import('./commands/audit.ts')).audit(context, options)),
    )

  addStateOptions(program.command('check').description('compare every stored file with its digest'))
    .option('--accept', 'from now on, serve damaged files as they are')
    .action((options: CheckOptions) =>
      execute(async (context) => (await import('./commands/check.ts')).check(context, options)),
    )

  addStateOptions(
    program
      .command('rate')
      .argument(
        '[size]',
        'bytes per second, such as 50M, or none for no limit; if you leave it out, the limit is shown',
        rate,
      )
      .description('show or set the rate limit for all accounts together'),
  ).action((size: Limit | undefined, options: StateOptions) =>
    execute(async (context) => (await import('./commands/rate.ts')).rate(context, size, options)),
  )

  const uploads = program.command('uploads').description('list or remove unfinished uploads')
  addStateOptions(
    uploads.command('list').description('list unfinished uploads, including those that are running'),
  ).action((options: StateOptions) =>
    execute(async (context) => (await import('./commands/uploads.ts')).uploadsList(context, options)),
  )
  addStateOptions(
    uploads.command('abort [key...]').description('remove unfinished uploads, by key or by age'),
  )
    .option('--before <time>', 'all uploads that have not grown since this date or for this long: 7d', moment)
    .action((keys: string[], options: AbortOptions) =>
      execute(async (context) =>
        (await import('./commands/uploads.ts')).uploadsAbort(context, keys, options),
      ),
    )

  const user = program.command('user').description('manage accounts, even while the server runs')
  const account = (command: UserCommand) => (name: string, options: UserOptions) =>
    execute(async (context) => (await import('./commands/user.ts'))[command](context, name, options))
  addPasswordOption(addAccountOptions(user.command('add <name>').description('create an account'))).action(
    account('userAdd'),
  )
  addAccountOptions(user.command('set <name>').description('change what an account may do'))
    .option('--disable', 'refuse logins to this account')
    .option('--enable', 'allow logins again')
    .action(account('userSet'))
  addPasswordOption(addStateOptions(user.command('passwd <name>').description('set a new password'))).action(
    account('userPasswd'),
  )
  addStateOptions(user.command('remove <name>').description('remove an account, but not its files')).action(
    account('userRemove'),
  )
  addStateOptions(
    user.command('rescan <name>').description('recount what the account stores, for its quota'),
  ).action(account('userRescan'))
  addStateOptions(user.command('list').description('list the accounts')).action((options: UserOptions) =>
    execute(async (context) => (await import('./commands/user.ts')).userList(context, options)),
  )

  addKeyCommands(user, execute)
  addShareCommands(program, execute)
  addTokenCommands(program, execute)

  return program
}

/**
 * Adds the choices and the default to a description. The help says once, for all options, that each can come
 * from the environment.
 */
function optionDescription({ description, argChoices, defaultValue }: Option): string {
  if (argChoices !== undefined) {
    const choices = argChoices.map((choice) => (choice === defaultValue ? `${choice} (default)` : choice))
    return `${description}: ${choices.join(', ')}`
  }
  return typeof defaultValue === 'string' ? `${description} (default: ${defaultValue})` : description
}

/** Example command lines, and what each does. */
export const EXAMPLES: readonly (readonly [typed: string, does: string])[] = [
  ['ftp-server', 'serve ./storage to users with accounts'],
  ['ftp-server user add anna', 'create an account with its own folder'],
  ['ftp-server ~/photos --anonymous read', 'let everybody read ~/photos'],
  ['ftp-server /srv/files --port 8021', 'use another folder and port'],
  ['ftp-server audit --since 24h', 'show who did what in the last 24 hours'],
  ['ftp-server check', 'look for damaged files'],
]

function examplesText(): string {
  const examples = EXAMPLES.map(([typed, does]) => `  ${typed.padEnd(39)}${does}`)
  const more = [
    'Limits and log: ftp-server help serve',
    'Options with a value can be set in the environment, too: FTP_SERVER_PORT=8021',
  ]
  return ['', 'Examples:', ...examples, '', ...more].join('\n')
}
