import { PERMISSIONS } from '@ftp/protocol'
import type { Command } from 'commander'
import type { Context } from './context.ts'
import type { KeyOptions } from './key.ts'
import { deadline } from './moment.ts'
import { number } from './number.ts'
import type { ShareAddOptions, ShareListOptions } from './share.ts'
import { addStateOptions, type StateOptions } from './state-folder.ts'
import type { TokenAddOptions, TokenListOptions } from './token.ts'
import { permissions } from './user-options.ts'

type Execute = (run: (context: Context) => Promise<void>) => Promise<void>

/** The largest limit on the uses of a link. */
const MOST_USES = 1_000_000

/** Adds the commands on share links. */
export function addShareCommands(program: Command, execute: Execute): void {
  const load = () => import('./share.ts')
  const share = program.command('share').description('manage links for people without an account')
  addStateOptions(share.command('add <user> <path>').description("make a link to a path in a user's home"))
    .option('--upload', 'let people put files into this folder, but not look into it')
    .option('--expires <time>', 'the time or date when the link ends: 12h, 7d, 2026-12-31', deadline)
    .option('--uses <n>', 'how many times the link can be used', number(1, MOST_USES))
    .option('--password', 'protect the link with a password; you are asked for it')
    .option('--password-stdin', 'read this password from standard input')
    .action((user: string, path: string, options: ShareAddOptions) =>
      execute(async (context) => (await load()).shareAdd(context, user, path, options)),
    )
  addStateOptions(share.command('list').description('list the links of all users'))
    .option('--user <name>', 'only the links of this user')
    .action((options: ShareListOptions) =>
      execute(async (context) => (await load()).shareList(context, options)),
    )
  addStateOptions(share.command('remove <id...>').description('remove links')).action(
    (ids: string[], options: StateOptions) =>
      execute(async (context) => (await load()).shareRemove(context, ids, options)),
  )
}

/** Adds the commands on tokens. */
export function addTokenCommands(program: Command, execute: Execute): void {
  const load = () => import('./token.ts')
  const token = program.command('token').description('manage tokens, which programs use to log in')
  addStateOptions(token.command('add <user> <name>').description('make a token, and print it'))
    .option('--permissions <list>', `any of ${PERMISSIONS.join(',')} (default: the user's)`, permissions)
    .option('--expires <time>', 'the time or date when the token ends: 12h, 90d, 2026-12-31', deadline)
    .action((user: string, name: string, options: TokenAddOptions) =>
      execute(async (context) => (await load()).tokenAdd(context, user, name, options)),
    )
  addStateOptions(token.command('list').description('list the tokens of all users'))
    .option('--user <name>', 'only the tokens of this user')
    .action((options: TokenListOptions) =>
      execute(async (context) => (await load()).tokenList(context, options)),
    )
  addStateOptions(token.command('remove <user> <name...>').description('remove tokens')).action(
    (user: string, names: string[], options: StateOptions) =>
      execute(async (context) => (await load()).tokenRemove(context, user, names, options)),
  )
}

/** Adds the commands on the public keys of users. */
export function addKeyCommands(user: Command, execute: Execute): void {
  const load = () => import('./key.ts')
  const key = user.command('key').description('manage public keys, for logging in by SFTP')
  addStateOptions(
    key.command('add <name> <file>').description('add the key of an OpenSSH .pub file; - is standard input'),
  ).action((name: string, file: string, options: KeyOptions) =>
    execute(async (context) => (await load()).keyAdd(context, name, file, options)),
  )
  addStateOptions(
    key.command('list [name]').description('list the keys of one user, or of all users'),
  ).action((name: string | undefined, options: KeyOptions) =>
    execute(async (context) => (await load()).keyList(context, name, options)),
  )
  addStateOptions(
    key
      .command('remove <name> <key...>')
      .description('remove keys, by the fingerprints that user key list shows'),
  ).action((name: string, fingerprints: string[], options: KeyOptions) =>
    execute(async (context) => (await load()).keyRemove(context, name, fingerprints, options)),
  )
}
