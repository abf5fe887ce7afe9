import { Argument } from 'commander'
import type { Define } from '../define-command.ts'
import { ifExists } from './options.ts'

/** Adds the commands that show or change the tree on the server. */
export function addTree(define: Define): void {
  define('ls [remote...]', 'show directories', async () => (await import('../commands/ls.ts')).ls).option(
    '-r, --recursive',
    'with everything below them',
  )
  define(
    'stat <remote...>',
    'show all that is known of a file or directory',
    async () => (await import('../commands/stat.ts')).stat,
  )
  define(
    'md5 <remote...>',
    'print MD5s as md5sum does, without fetching the files',
    async () => (await import('../commands/md5.ts')).md5,
  )
  define(
    'mkdir <remote...>',
    'make directories',
    async () => (await import('../commands/mkdir.ts')).mkdir,
  ).option('-p, --parents', 'and those above them; existing ones are fine')
  define('rm <remote...>', 'remove files', async () => (await import('../commands/rm.ts')).rm).option(
    '-r, --recursive',
    'and directories with everything in them',
  )
  define(
    'mv <remote...>',
    'rename, or move into a directory; the last path is the target',
    async () => (await import('../commands/mv.ts')).mv,
  ).addOption(ifExists('fail'))
  define(
    'du [remote...]',
    'show how much space trees take',
    async () => (await import('../commands/du.ts')).du,
  )
  define(
    'uploads',
    'show what interrupted uploads have left on the server, or remove it',
    async () => (await import('../commands/uploads.ts')).uploads,
  )
    .addArgument(new Argument('[action]', 'what to do').choices(['list', 'rm', 'remove']))
    .argument('[upload...]', 'paths or ids of the uploads to remove')
    .option('--all', 'remove all but those that are being sent now')
}
