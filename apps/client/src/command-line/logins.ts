import { discover } from '../commands/discover.ts'
import { login } from '../commands/login.ts'
import { logout } from '../commands/logout.ts'
import { whoami } from '../commands/whoami.ts'
import { time } from './options.ts'
import type { Define } from './program.ts'

/** What finds servers and knows who logs in there. */
export function addLogins(define: Define): void {
  define('login [server]', 'log in, and be logged in from then on', login).option(
    '--as <name>',
    'a name for this login, to be used with --server',
  )
  define('logout [server]', 'forget a login', logout)
  define('whoami', 'show who is logged in, their rights, and the room that is left', whoami)
  define('discover', 'find servers on the local network', discover).addOption(
    time('--wait <time>', 'how long to listen for answers', '2s'),
  )
}
