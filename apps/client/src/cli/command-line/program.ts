import { VERSION } from '@ftp/protocol'
import { Command } from 'commander'
import type { GlobalOptions } from '../command-context.ts'
import type { Define, Execute, Run } from '../define-command.ts'
import { addHelp } from '../help/help.ts'
import { addLogins } from './login-commands.ts'
import { fingerprint, rate, time } from './options.ts'
import { addSharing } from './sharing-commands.ts'
import { addShells } from './shell-commands.ts'
import { addTransfers } from './transfer-commands.ts'
import { addTree } from './tree-commands.ts'

/**
 * Builds the commands with their options and their help. After help, and for an error in the arguments, the
 * result throws a CommanderError.
 */
export function commandLine(execute: Execute): Command {
  const program = new Command('ftp-client')
    .description('Moves files to and from an ftp-server: verified, resumable, safe to interrupt.')
    .version(VERSION)
    .option(
      '-s, --server <server>',
      '[user@]host[:port], or a login (default: FTP_SERVER, else the last login)',
    )
    .option('--json', 'print one JSON object per line on standard output')
    .option('-q, --quiet', 'print nothing but errors')
    .option('-v, --verbose', 'print more: connections, and the causes of failures')
    .option('--no-progress', 'show no progress bars')
    .option('--fingerprint <sha256:…>', "the fingerprint that the server's key must have", fingerprint)
    .option('--password-stdin', 'read the password from stdin (or set FTP_PASSWORD)')
    .option('--plaintext', 'no TLS; for trusted links and measurements only')
    .option('--config <dir>', "the client's own folder (or set FTP_CLIENT_CONFIG)")
    .addOption(time('--timeout <time>', 'how long a server may stay silent', '30s', '1s'))
    .addOption(
      time('--retry-for <time>', 'how long to retry without progress', '60s').default(undefined, '60s'),
    )
    .option('--limit-rate <rate>', 'bytes per second for all files together: 500K, 10M', rate)
    .showHelpAfterError('(add --help for all options)')
    .exitOverride()
  const define: Define = <Given extends unknown[]>(
    usage: string,
    description: string,
    load: () => Promise<Run<Given>>,
    hidden = false,
  ) => {
    const command = program.command(usage, { hidden }).description(description)
    return command.action((...given: Given) =>
      execute(command.name(), program.opts<GlobalOptions>(), async (context) =>
        (await load())(context, ...given),
      ),
    )
  }
  addTransfers(define)
  addTree(define)
  addSharing(define)
  addLogins(define)
  addShells(define, commandLine)
  addHelp(program)
  return program
}
