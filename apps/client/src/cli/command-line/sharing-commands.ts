import { PERMISSIONS } from '@ftp/protocol'
import { Argument } from 'commander'
import type { Define } from '../define-command.ts'
import { deadline, permissions, whole } from './options.ts'

/** The largest limit on the uses of a link. */
const MOST_USES = 1_000_000

/** Adds the commands that make links and tokens. */
export function addSharing(define: Define): void {
  define(
    'share [remote...]',
    'make, list or remove links for people without an account',
    async () => (await import('../commands/share.ts')).share,
  )
    .option('--upload', 'let people put files into this directory, but not look into it')
    .option('--expires <time>', 'the time or date when the link ends: 12h, 7d, 2026-12-31', deadline)
    .option('--uses <n>', 'how many times the link can be used', (text) => whole(text, 1, MOST_USES))
    .option('--password', 'protect the link with a password; you are asked for it')
    .option('--password-file <file>', 'read this password from a file; - is stdin')
  define(
    'token',
    'make, list or remove tokens, which programs use to log in',
    async () => (await import('../commands/token.ts')).token,
  )
    .addArgument(new Argument('[action]', 'what to do').choices(['list', 'add', 'remove', 'rm']))
    .argument('[name...]', 'the names of tokens')
    .option('--permissions <list>', `any of ${PERMISSIONS.join(',')} (default: yours)`, permissions)
    .option('--expires <time>', 'the time or date when the token ends: 12h, 90d, 2026-12-31', deadline)
}
