import fs from 'node:fs'
import { type IfExists, printable, TransferError } from '@ftp/protocol'
import type { Client } from '../../client.ts'
import { descriptorOf } from '../arguments/descriptors.ts'
import { requireSources } from '../arguments/habits.ts'
import { expandedLocals } from '../arguments/local-patterns.ts'
import { findDestination, remotePathFor, requireDistinct } from '../arguments/put-destination.ts'
import { remoteDestination } from '../arguments/remote-directory.ts'
import { readTreeOptions, type TreeChoice, type TreeOptions } from '../arguments/tree-options.ts'
import { reporterFor } from '../choose-reporter.ts'
import { type Context, localPath, remotePath } from '../command-context.ts'
import { exitCodeOf } from '../exit-codes.ts'
import { openClient } from '../open-client.ts'

export interface PutOptions extends TreeOptions {
  readonly to?: string
  readonly recursive?: boolean
  /** Continue with files that appear in the folder. */
  readonly watch?: boolean
  readonly jobs: number
  readonly ifExists: IfExists
}

/** `put <local...>`: stores files in the home, or in the place given with `-t`. */
export async function put(context: Context, typed: readonly string[], options: PutOptions): Promise<number> {
  const words = typed.map((local) => (descriptorOf(local) === 0 ? '-' : local))
  const { recursive = false, watch = false, ifExists, jobs } = options
  if (context.options.passwordStdin && words.includes('-'))
    throw new TransferError(
      'usage',
      'standard input cannot be both the password and the file; put the password into FTP_PASSWORD',
    )
  const choice = await readTreeOptions(context, options, 'here', recursive || watch)
  using client = await openClient(context)
  const locals = expandedLocals(context, words)
  if (watch) return await watchFolder(context, client, locals, { ...options, ...choice })
  await requireSources(context, client, locals, options.to)
  const destination = await findDestination(context, client, locals, options.to)
  if (ifExists !== 'rename') requireDistinct(context, locals, destination)
  const items = locals.map((typed) => {
    if (typed === '-') return { from: context.stdin, to: destination.path, label: 'standard input' }
    const from = localPath(context, typed)
    return { from, to: remotePathFor(from, destination) }
  })
  const reporter = await reporterFor(context, 'stored', {
    isTree: recursive,
    several: recursive || locals.length > 1,
  })
  const { codes } = await client.putAll(items, { recursive, ifExists, jobs, reporter, ...choice })
  return exitCodeOf(codes)
}

/**
 * `put --watch <folder>`: stores the files that are in a folder, and those that appear in it, until Ctrl-C.
 */
async function watchFolder(
  context: Context,
  client: Client,
  locals: readonly string[],
  { to = '.', recursive, ifExists, jobs, select, links }: Omit<PutOptions, 'links'> & TreeChoice,
): Promise<number> {
  const [folder] = locals
  if (folder === undefined || locals.length > 1 || folder === '-')
    throw new TransferError('usage', '--watch takes exactly one local folder')
  const from = localPath(context, folder)
  if (!fs.statSync(from, { throwIfNoEntry: false })?.isDirectory())
    throw new TransferError('not_found', `there is no folder "${printable(folder)}" here; --watch needs one`)
  const { path: target } = await remoteDestination(client, remotePath(context, to), to, true)
  const { json, quiet } = context.options
  const what = recursive ? 'what comes into it and its folders' : 'the files that come into it'
  if (!json && !quiet)
    context.stderr.write(`Watching ${printable(folder)}, storing ${what}; Ctrl-C ends it.\n`)
  const reporter = await reporterFor(context, 'stored', { several: true })
  const watching = { recursive, ifExists, jobs, reporter, select, links }
  const { codes } = await client.watch(from, target, watching)
  return exitCodeOf(codes)
}
