import { du } from '../commands/du.ts'
import { ls } from '../commands/ls.ts'
import { md5 } from '../commands/md5.ts'
import { mkdir } from '../commands/mkdir.ts'
import { mv } from '../commands/mv.ts'
import { rm } from '../commands/rm.ts'
import { stat } from '../commands/stat.ts'
import { ifExists } from './options.ts'
import type { Define } from './program.ts'

/** What shows or changes the tree on the server. */
export function addTree(define: Define): void {
  define('ls [remote...]', 'show directories', ls).option('-r, --recursive', 'with everything below them')
  define('stat <remote...>', 'show all that is known of a file or directory', stat)
  define('md5 <remote...>', 'print MD5s as md5sum does, without fetching the files', md5)
  define('mkdir <remote...>', 'make directories', mkdir).option(
    '-p, --parents',
    'and those above them; existing ones are fine',
  )
  define('rm <remote...>', 'remove files', rm).option(
    '-r, --recursive',
    'and directories with everything in them',
  )
  define('mv <remote...>', 'rename, or move into a directory; the last path is the target', mv).addOption(
    ifExists('fail'),
  )
  define('du [remote...]', 'show how much space trees take', du)
}
