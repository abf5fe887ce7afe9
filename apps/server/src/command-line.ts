import { VERSION } from '@ftp/protocol'
import { Command, Help, Option } from 'commander'
import type { AuditOptions } from './commands/audit.ts'
import type { CheckOptions } from './commands/check.ts'
import type { Context } from './commands/context.ts'
import { addGuardOptions } from './commands/guard-options.ts'
import { moment } from './commands/moment.ts'
import { number } from './commands/number.ts'
import type { ServeOptions } from './commands/serve.ts'
import { addStateOptions, type StateOptions } from './commands/state-folder.ts'
import type { AbortOptions, UploadsOptions } from './commands/uploads.ts'
import type { UserCommand, UserOptions } from './commands/user.ts'
import { addAccountOptions, addPasswordOption, type Limit, rate } from './commands/user-options.ts'
import { AUDIT_ACTIONS } from './state/audit-event.ts'

/** Calls a command with its context. */
export type Execute = (run: (context: Context) => Promise<void>) => Promise<void>

/**
 * The commands, their options and their help.
 * @param exit throws, after help or an error in the arguments
 * @param writeOut receives the help; by default it is discarded
 */
export function commandLine(
  execute: Execute,
  exit: (code: number) => never,
  writeOut: (text: string) => void = () => {},
): Command {
  const program = new Command('ftp-server')
    .configureOutput({ writeOut })
    .description('Serves a folder to ftp-client: verified, resumable transfers on your own network.')
    .usage('[options] [root]\n       ftp-server <command> [options]')
    .version(VERSION)
    .addHelpText('after', examplesText())
    .exitOverride((error) => exit(error.exitCode === 0 ? 0 : 2))

  const serving = program
    .command('serve', { isDefault: true, hidden: true })
    .description('serve a folder')
    .argument('[root]', 'the folder to serve', 'storage')
    .addOption(
      new Option('-p, --port <n>', 'port, 0 for any free one (default: 7021)')
        .argParser(number(0, 65_535))
        .env('FTP_SERVER_PORT'),
    )
    .addOption(
      new Option('-H, --host <address>', 'address to listen on (default: all interfaces)').env(
        'FTP_SERVER_HOST',
      ),
    )
    .addOption(
      new Option('--state <dir>', 'key and digests (default: <root>/.ftp-server)').env('FTP_SERVER_STATE'),
    )
    .addOption(
      new Option('--anonymous <access>', 'what clients may do without an account')
        .choices(['none', 'read', 'write'])
        .default('none')
        .env('FTP_SERVER_ANONYMOUS'),
    )
    .addOption(
      new Option('--threads <n>', 'handler threads (default: what the machine runs at once)')
        .argParser(number(1, 256))
        .env('FTP_SERVER_THREADS'),
    )
    .option('--plaintext', 'no TLS: for trusted links and measurements only')
    .addOption(
      new Option('--partial-days <n>', 'how long an upload that is not continued is kept (default: 7)')
        .argParser(number(0, 36_500))
        .env('FTP_SERVER_PARTIAL_DAYS'),
    )
    .addOption(
      new Option('--on-upload <program>', 'run it after each upload: the file, and JSON on its input').env(
        'FTP_SERVER_ON_UPLOAD',
      ),
    )
    .addOption(new Option('--notify <url>', 'post each upload to it as JSON').env('FTP_SERVER_NOTIFY'))
    .addOption(
      new Option('--metrics <port>', 'answer on 127.0.0.1 for /metrics (Prometheus), /health and /ready')
        .argParser(number(0, 65_535))
        .env('FTP_SERVER_METRICS'),
    )
    .option('--new-key', 'make a new key if the server has lost its own; clients have to confirm it')
    .option('--qr', 'show the address as a QR code')
    .option('--no-announce', 'do not tell the local network of this server (ftp-client discover)')
    .option('--no-fsync', 'faster for scratch data: a power cut may take what was just stored')
    .option('--json', 'one JSON object a line on standard output')
  addGuardOptions(serving).action((root: string, options: ServeOptions) =>
    execute(async (context) => (await import('./commands/serve.ts')).serve(context, root, options)),
  )

  addStateOptions(program.command('audit').description('show who did what'))
    .option('--user <name>', 'only of this account')
    .option('--since <time>', 'from then on: 90m, 24h, 7d ago, or a date', moment)
    .option('--until <time>', 'up to then', moment)
    .option('--path <path>', 'only of this path and what is below it')
    .addOption(new Option('--action <action>', 'only these').choices(AUDIT_ACTIONS))
    .option('--limit <n>', 'only the newest', number(1, 1_000_000_000))
    .option('--json', 'one JSON object a line')
    .action((options: AuditOptions) =>
      execute(async (context) => (await import('./commands/audit.ts')).audit(context, options)),
    )

  addStateOptions(program.command('check').description('compare every stored file with its digest'))
    .option('--accept', 'serve damaged files as they are from now on')
    .option('--json', 'one JSON object a line')
    .action((options: CheckOptions) =>
      execute(async (context) => (await import('./commands/check.ts')).check(context, options)),
    )

  addStateOptions(
    program
      .command('rate')
      .argument('[size]', 'such as 50M, or none; without it, the rate is shown', rate)
      .description('how much the server moves in a second, all accounts together'),
  ).action((size: Limit | undefined, options: StateOptions) =>
    execute(async (context) => (await import('./commands/rate.ts')).rate(context, size, options)),
  )

  const uploads = program.command('uploads').description('uploads that have not ended')
  addStateOptions(uploads.command('list').description('show them'))
    .option('--json', 'one JSON object a line')
    .action((options: UploadsOptions) =>
      execute(async (context) => (await import('./commands/uploads.ts')).uploadsList(context, options)),
    )
  addStateOptions(uploads.command('abort [key...]').description('remove what they have left'))
    .option('--before <time>', 'all not written to since then: 7d (ago), or a date', moment)
    .option('--json', 'one JSON object a line')
    .action((keys: string[], options: AbortOptions) =>
      execute(async (context) =>
        (await import('./commands/uploads.ts')).uploadsAbort(context, keys, options),
      ),
    )

  const user = program.command('user').description('the accounts of a server, which may be running')
  const account = (command: UserCommand) => (name: string, options: UserOptions) =>
    execute(async (context) => (await import('./commands/user.ts'))[command](context, name, options))
  addPasswordOption(addAccountOptions(user.command('add <name>').description('make an account'))).action(
    account('userAdd'),
  )
  addAccountOptions(user.command('set <name>').description('change what an account may do'))
    .option('--disable', 'let nobody in with it')
    .option('--enable', 'let them in again')
    .action(account('userSet'))
  addPasswordOption(addStateOptions(user.command('passwd <name>').description('give a new password'))).action(
    account('userPasswd'),
  )
  addStateOptions(user.command('remove <name>').description('remove an account, but not its files')).action(
    account('userRemove'),
  )
  addStateOptions(user.command('rescan <name>').description('count again what its quota limits')).action(
    account('userRescan'),
  )
  addStateOptions(user.command('list').description('show the accounts'))
    .option('--json', 'one JSON object a line')
    .action((options: UserOptions) =>
      execute(async (context) => (await import('./commands/user.ts')).userList(context, options)),
    )

  // Serving has no command name, so the help of the program itself describes its arguments and options. It
  // shows only those that most people need, so that it fits on a screen.
  const { visibleArguments, visibleOptions } = new Help()
  return program.configureHelp({
    optionDescription,
    visibleArguments: (command) => visibleArguments(command === program ? serving : command),
    visibleOptions(command) {
      const own = visibleOptions.call(this, command)
      const most = serving.options.filter(({ helpGroupHeading }) => helpGroupHeading === undefined)
      return command === program ? [...most, ...own] : own
    },
  })
}

/**
 * Adds the choices to a description. The help says once, for all options, that each can come from the
 * environment.
 */
function optionDescription({ description, argChoices, defaultValue }: Option): string {
  if (argChoices === undefined) return description
  const choices = argChoices.map((choice) => (choice === defaultValue ? `${choice} (default)` : choice))
  return `${description}: ${choices.join(', ')}`
}

/** Example command lines, and what each does. */
export const EXAMPLES: readonly (readonly [typed: string, does: string])[] = [
  ['ftp-server', './storage, for those who have an account'],
  ['ftp-server user add anna', 'an account, which sees its own folder'],
  ['ftp-server ~/photos --anonymous read', 'everybody may read a folder of photos'],
  ['ftp-server /srv/files --port 8021', 'another folder, another port'],
  ['ftp-server audit --since 24h', 'who did what since yesterday'],
  ['ftp-server check', 'whether every stored file is as it was'],
]

function examplesText(): string {
  const examples = EXAMPLES.map(([typed, does]) => `  ${typed.padEnd(39)}${does}`)
  const more = [
    'Limits and log: ftp-server help serve',
    'Options with a value can be set in the environment too: FTP_SERVER_PORT for --port.',
  ]
  return ['', 'Examples:', ...examples, '', ...more].join('\n')
}
