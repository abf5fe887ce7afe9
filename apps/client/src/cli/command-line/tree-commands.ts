import { Argument, Option } from 'commander'
import type { Define } from '../define-command.ts'
import { ifExists } from './options.ts'

/** Adds the commands that show or change the tree on the server. */
export function addTree(define: Define): void {
  define('ls [remote...]', 'list directories', async () => (await import('../commands/ls.ts')).ls)
    .option('-r, --recursive', 'list everything below them, too')
    .option('-t, --time', 'list the newest first')
    .option('--reverse', 'list in the opposite order')
    // Options that people who know ls(1) type. Listings are always long and readable, and contain hidden
    // files.
    .helpOption('--help')
    .addOption(new Option('-l, --long').hideHelp())
    .addOption(new Option('-a, --all').hideHelp())
    .addOption(new Option('-h, --human-readable').hideHelp())
  define(
    'stat <remote...>',
    'show everything that is known about a file or directory',
    async () => (await import('../commands/stat.ts')).stat,
  )
  define(
    'md5 <remote...>',
    'print MD5s as md5sum does, without fetching the files',
    async () => (await import('../commands/md5.ts')).md5,
  )
  define(
    'mkdir <remote...>',
    'create directories',
    async () => (await import('../commands/mkdir.ts')).mkdir,
  ).option('-p, --parents', 'create missing parents, too; existing directories are no error')
  define('rm <remote...>', 'remove files', async () => (await import('../commands/rm.ts')).rm).option(
    '-r, --recursive',
    'remove directories and everything in them',
  )
  define(
    'mv <remote...>',
    'rename, or move into a directory; the last path is the target',
    async () => (await import('../commands/mv.ts')).mv,
  ).addOption(ifExists('fail'))
  define(
    'cp <remote...>',
    'copy on the server; the last path is the target',
    async () => (await import('../commands/cp.ts')).cp,
  )
    .option('-r, --recursive', 'copy directories and everything in them')
    .addOption(ifExists('fail'))
  define(
    'du [remote...]',
    'show how much space directories take, with everything in them',
    async () => (await import('../commands/du.ts')).du,
  )
  define(
    'uploads',
    'list or remove what interrupted uploads have left on the server',
    async () => (await import('../commands/uploads.ts')).uploads,
  )
    .addArgument(new Argument('[action]', 'what to do').choices(['list', 'rm', 'remove']))
    .argument('[upload...]', 'paths or ids of the uploads to remove')
    .option('--all', 'remove all except those that are running')
}
