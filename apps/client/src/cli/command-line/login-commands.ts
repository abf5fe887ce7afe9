import type { Define } from '../define-command.ts'
import { time } from './options.ts'

/** Adds the commands that find servers, log in and log out. */
export function addLogins(define: Define): void {
  define(
    'login [server]',
    'log in, and stay logged in',
    async () => (await import('../commands/login.ts')).login,
  ).option('--as <name>', 'a name for this login, for use with --server')
  define('logout [server]', 'forget a login', async () => (await import('../commands/logout.ts')).logout)
  define(
    'whoami',
    'show your account, its rights, and the free space',
    async () => (await import('../commands/whoami.ts')).whoami,
  )
  define(
    'passwd',
    'change the password of your account',
    async () => (await import('../commands/passwd.ts')).passwd,
  )
  define(
    'discover',
    'find servers on the local network',
    async () => (await import('../commands/discover.ts')).discover,
  ).addOption(time('--wait <time>', 'how long to wait for answers', '2s'))
}
