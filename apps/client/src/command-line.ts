import { VERSION } from '@ftp/protocol'
import { parseBytes } from '@ftp/terminal'
import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { cat } from './commands/cat.ts'
import type { Context, GlobalOptions } from './commands/context.ts'
import { type DiscoverOptions, discover } from './commands/discover.ts'
import { du } from './commands/du.ts'
import { type GetOptions, get } from './commands/get.ts'
import { type LoginOptions, login } from './commands/login.ts'
import { logout } from './commands/logout.ts'
import { type LsOptions, ls } from './commands/ls.ts'
import { md5 } from './commands/md5.ts'
import { type MkdirOptions, mkdir } from './commands/mkdir.ts'
import { type MvOptions, mv } from './commands/mv.ts'
import { type PutOptions, put } from './commands/put.ts'
import { type RmOptions, rm } from './commands/rm.ts'
import { stat } from './commands/stat.ts'
import { type SyncOptions, sync } from './commands/sync.ts'
import { type VerifyOptions, verify } from './commands/verify.ts'
import { watch } from './commands/watch.ts'
import { whoami } from './commands/whoami.ts'
import { completion, tellCandidates } from './completion/commands.ts'
import { SHELLS, type ShellName } from './completion/scripts.ts'
import { parseDuration } from './format.ts'
import { addHelp } from './help/help.ts'
import { isFingerprint } from './known-servers.ts'
import { type ShellOptions, shell } from './shell/command.ts'

/** Runs a command in its surroundings and ends the program with the code it returns. */
export type Execute = (
  command: string,
  options: GlobalOptions,
  run: (context: Context) => Promise<number>,
) => Promise<void>

const POLICIES = ['replace', 'fail', 'skip', 'newer', 'different']

/**
 * The commands, their options and their help.
 * @param exit ends the program after help or a mistake in the arguments; without it, that is a CommanderError
 */
export function commandLine(execute: Execute, exit?: (code: number) => never): Command {
  const program = new Command('ftp-client')
    .description('Moves files to and from an ftp-server: verified, resumable, safe to interrupt.')
    .version(VERSION)
    .option('-s, --server <server>', '[user@]host[:port], or a login (default: FTP_SERVER, the last login)')
    .option('--json', 'one JSON object a line on standard output')
    .option('-q, --quiet', 'say nothing but errors')
    .option('-v, --verbose', 'say more: connections, and what is behind failures')
    .option('--no-progress', 'no progress bars')
    .option('--fingerprint <sha256:…>', "the server's key must be this one", fingerprint)
    .option('--password-stdin', 'the password comes from standard input (or FTP_PASSWORD)')
    .option('--plaintext', 'no TLS: for trusted links and measurements only')
    .option('--config <dir>', "the client's own folder (or FTP_CLIENT_CONFIG)")
    .addOption(
      new Option('--timeout <time>', 'when a silent server counts as lost')
        .argParser(duration)
        .default(30_000, '30s'),
    )
    .addOption(
      new Option('--retry-for <time>', 'how long to go on trying when nothing moves')
        .argParser(duration)
        .default(60_000, '60s'),
    )
    .option('--limit-rate <rate>', 'bytes a second, all files together: 500K, 10M', rate)
    .showHelpAfterError('(add --help for all options)')
    .exitOverride(exit && ((error) => exit(error.exitCode === 0 ? 0 : 2)))
  const command = (usage: string, description: string): Command =>
    program.command(usage).description(description)
  const action =
    <Options>(run: (context: Context, paths: string[], options: Options) => Promise<number>) =>
    (paths: string[], options: Options, self: Command) =>
      execute(self.name(), program.opts<GlobalOptions>(), (context) => run(context, paths, options))

  command('get <remote...>', 'fetch files into the current directory')
    .option('-o, --output <path>', 'write to this file or directory; - is standard output')
    .option('-r, --recursive', 'fetch directories with everything in them')
    .addOption(jobs())
    .addOption(ifExists('replace'))
    .action(action<GetOptions>(get))
  command('put <local...>', 'store files on the server; - is standard input')
    .option('-t, --to <remote path>', 'store under this name, or in this directory')
    .option('-r, --recursive', 'store directories with everything in them')
    .addOption(jobs())
    .addOption(ifExists('replace'))
    .option('--watch', 'go on storing what comes into a folder, until Ctrl-C')
    .action(
      action<PutOptions & { readonly watch?: boolean }>((context, locals, options) =>
        options.watch ? watch(context, locals, options) : put(context, locals, options),
      ),
    )
  program
    .command('sync')
    .argument('<source>', 'a local directory, or server:path; :path is on the usual server')
    .argument('<target>', 'the other one')
    .description('make a directory like another one, by moving what differs')
    .addOption(jobs())
    .option('--delete', 'remove what the source does not have')
    .option('--max-delete <n>', 'delete nothing when it would be more', (text) =>
      whole(text, 0, 1_000_000_000),
    )
    .option('--allow-empty', 'let an empty source empty the target')
    .option('-n, --dry-run', 'only show what would be done')
    .option('--checksum', 'compare MD5s instead of times')
    .addOption(exclude())
    .option('--exclude-from <file>', 'patterns from a file, such as .gitignore')
    .action((source: string, target: string, options: SyncOptions, self: Command) =>
      execute(self.name(), program.opts<GlobalOptions>(), (context) =>
        sync(context, [source, target], options),
      ),
    )
  command('ls [remote...]', 'show directories')
    .option('-r, --recursive', 'with everything below them')
    .action(action<LsOptions>(ls))
  command('stat <remote...>', 'show all that is known of a file or directory').action(action(stat))
  command('md5 <remote...>', 'print MD5s as md5sum does, without fetching the files').action(action(md5))
  command('verify [local...]', 'compare files here with those on the server, without moving them')
    .option('-t, --to <remote path>', 'where they are on the server')
    .option('--sums <file>', 'compare with a list that md5sum made; - is standard input')
    .action(action<VerifyOptions>(verify))
  command('cat <remote...>', 'write files to standard output').action(action(cat))
  command('mkdir <remote...>', 'make directories')
    .option('-p, --parents', 'and those above them; existing ones are fine')
    .action(action<MkdirOptions>(mkdir))
  command('rm <remote...>', 'remove files')
    .option('-r, --recursive', 'and directories with everything in them')
    .action(action<RmOptions>(rm))
  command('mv <remote...>', 'rename, or move into a directory; the last path is the target')
    .addOption(ifExists('fail'))
    .action(action<MvOptions>(mv))
  command('du [remote...]', 'show how much space trees take').action(action(du))
  command('login [server]', 'log in, and be logged in from then on')
    .option('--as <name>', 'a name for this login, to be used with --server')
    .action((server: string | undefined, options: LoginOptions) =>
      execute('login', program.opts(), (context) => login(context, server, options)),
    )
  command('logout [server]', 'forget a login').action((server: string | undefined) =>
    execute('logout', program.opts(), (context) => logout(context, server)),
  )
  command('whoami', 'show who is logged in, their rights, and the room that is left').action(() =>
    execute('whoami', program.opts(), whoami),
  )
  program
    .command('discover')
    .description('find servers on the local network')
    .addOption(
      new Option('--wait <time>', 'how long to listen for answers').argParser(duration).default(2_000, '2s'),
    )
    .action((options: DiscoverOptions) =>
      execute('discover', program.opts(), (context) => discover(context, options)),
    )
  command('shell [local...]', 'type commands one after another, or run scripts of them')
    .option('--keep-going', 'a script goes on after a line that fails')
    .action(action<ShellOptions>((context, files, options) => shell(context, files, options, commandLine)))
  program
    .command('completion')
    .description('print what teaches your shell to complete commands and names')
    .addArgument(new Argument('<shell>', 'which one').choices(SHELLS))
    .action((shell: ShellName) =>
      execute('completion', program.opts(), (context) => completion(context, shell)),
    )
  program
    .command('complete', { hidden: true })
    .argument('<line>')
    .action((line: string) =>
      execute('complete', program.opts(), (context) =>
        tellCandidates(
          context,
          line,
          commandLine(async () => {}),
        ),
      ),
    )
  addHelp(program)
  return program
}

function exclude(): Option {
  return new Option(
    '--exclude <pattern>',
    'leave out what fits, as .gitignore does; may be repeated',
  ).argParser((pattern: string, before: readonly string[] = []) => [...before, pattern])
}

function jobs(): Option {
  return new Option('-j, --jobs <n>', 'files at once').argParser(count).default(4)
}

function ifExists(preset: string): Option {
  return new Option('--if-exists <policy>', 'when the target exists').choices(POLICIES).default(preset)
}

function count(text: string): number {
  return whole(text, 1, 64)
}

function whole(text: string, least: number, most: number): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < least || value > most || text.trim() === '')
    throw new InvalidArgumentError(`It must be a number from ${least} to ${most}.`)
  return value
}

function fingerprint(text: string): string {
  if (!isFingerprint(text))
    throw new InvalidArgumentError('It is sha256: and 64 hex digits, as the server shows it.')
  return text
}

function rate(text: string): number {
  const value = parseBytes(text)
  if (value === undefined || value < 10_240)
    throw new InvalidArgumentError('Write a number of bytes a second like 500K or 10M, at least 10K.')
  return value
}

function duration(text: string): number {
  const value = parseDuration(text)
  if (value === undefined) throw new InvalidArgumentError('Write a time like 30s, 5m or 1h.')
  return value
}
