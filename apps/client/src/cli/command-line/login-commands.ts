import type { Define } from '../define-command.ts'
import { time } from './options.ts'

/** Adds the commands that find servers, log in and log out. */
export function addLogins(define: Define): void {
  define(
    'login [server]',
    'log in, and be logged in from then on',
    async () => (await import('../commands/login.ts')).login,
  ).option('--as <name>', 'a name for this login, to be used with --server')
  define('logout [server]', 'forget a login', async () => (await import('../commands/logout.ts')).logout)
  define(
    'whoami',
    'show who is logged in, their rights, and the room that is left',
    async () => (await import('../commands/whoami.ts')).whoami,
  )
  define(
    'passwd',
    'change the password of the account that is logged in',
    async () => (await import('../commands/passwd.ts')).passwd,
  )
  define(
    'discover',
    'find servers on the local network',
    async () => (await import('../commands/discover.ts')).discover,
  ).addOption(time('--wait <time>', 'how long to listen for answers', '2s'))
}
