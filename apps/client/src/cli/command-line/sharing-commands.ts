import { PERMISSIONS } from '@ftp/protocol'
import { Argument } from 'commander'
import type { Define } from '../define-command.ts'
import { deadline, permissions, whole } from './options.ts'

/** The most uses that a link can be limited to. */
const MOST_USES = 1_000_000

/** Adds the commands with which an account hands out links and tokens. */
export function addSharing(define: Define): void {
  define(
    'share [remote...]',
    'make a link for people without an account; or list, remove <id>',
    async () => (await import('../commands/share.ts')).share,
  )
    .option('--upload', 'let them put files into this directory, but not see it')
    .option('--expires <time>', 'how long it works, or until when: 12h, 7d, 2026-12-31', deadline)
    .option('--uses <n>', 'how often it can be used', (text) => whole(text, 1, MOST_USES))
    .option('--password', 'ask for a password that they will need')
    .option('--password-file <file>', 'read that password from a file; - is stdin')
  define(
    'token',
    'make, list or remove tokens, with which programs log in',
    async () => (await import('../commands/token.ts')).token,
  )
    .addArgument(new Argument('[action]', 'what to do').choices(['list', 'add', 'remove', 'rm']))
    .argument('[name...]', 'the names of tokens')
    .option('--permissions <list>', `some of ${PERMISSIONS.join(',')} (default: yours)`, permissions)
    .option('--expires <time>', 'how long it works, or until when: 12h, 90d, 2026-12-31', deadline)
}
