import type { Define } from '../define-command.ts'
import { addTreeOptions, ifExists, jobs, streams, whole } from './options.ts'

/** Adds the commands that transfer or compare files. */
export function addTransfers(define: Define): void {
  const fetching = define(
    'get <remote...>',
    'fetch files into the current directory',
    async () => (await import('../commands/get.ts')).get,
  )
    .option('-o, --output <path>', 'write to this file or directory; - is standard output')
    .option('-r, --recursive', 'fetch directories and everything in them')
    .addOption(jobs())
    .addOption(streams())
    .addOption(ifExists('replace'))
    .option('-f, --follow', 'keep fetching what is appended to the file, until Ctrl-C')
  addTreeOptions(fetching)
  const storing = define(
    'put <local...>',
    'store files on the server; - is standard input',
    async () => (await import('../commands/put.ts')).put,
  )
    .option('-t, --to <remote path>', 'store under this name, or in this directory')
    .option('-r, --recursive', 'store directories and everything in them')
    .addOption(jobs())
    .addOption(ifExists('replace'))
    .option('--watch', 'keep storing what comes into a folder, until Ctrl-C; with -r, its subfolders too')
  addTreeOptions(storing)
  const syncing = define(
    'sync',
    'make one directory like another by transferring only what differs',
    async () => (await import('../commands/sync.ts')).sync,
  )
    .argument('<source>', 'a local directory, or server:path; :path is on the default server')
    .argument('<target>', 'the directory to change, written the same way')
    .addOption(jobs())
    .option('--delete', 'delete from the target what the source does not have')
    .option('--max-delete <n>', 'delete nothing if more than n files would be deleted', (text) =>
      whole(text, 0, 1_000_000_000),
    )
    .option('--allow-empty', 'allow an empty source to empty the target')
    .option('-n, --dry-run', 'only show what would be done')
    .option('--checksum', 'compare MD5s instead of times')
  addTreeOptions(syncing)
  define(
    'verify [local...]',
    'compare local files with those on the server, without transferring them',
    async () => (await import('../commands/verify.ts')).verify,
  )
    .option('-t, --to <remote path>', 'where the files are on the server')
    .option('--sums <file>', 'compare with a list written by md5sum; - is standard input')
  define(
    'cat <remote...>',
    'write files to standard output',
    async () => (await import('../commands/cat.ts')).cat,
  )
}
