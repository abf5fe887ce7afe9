import fs from 'node:fs'
import { type IfExists, TransferError } from '@ftp/protocol'
import type { GetItem } from '../../tree/get-source.ts'
import { descriptorOf } from '../arguments/descriptors.ts'
import { destinationOf, makeDestination, requireDistinct } from '../arguments/get-destination.ts'
import { requireNames, requireRemotes } from '../arguments/habits.ts'
import { readTreeOptions, type TreeOptions } from '../arguments/tree-options.ts'
import { reporterFor } from '../choose-reporter.ts'
import { type Context, remotePath } from '../command-context.ts'
import { exitCodeOf } from '../exit-codes.ts'
import { openClient } from '../open-client.ts'

export interface GetOptions extends TreeOptions {
  readonly output?: string
  readonly recursive?: boolean
  /** Continue with everything that is appended to the file. */
  readonly follow?: boolean
  readonly jobs: number
  /** How many connections share a large file. */
  readonly streams: number
  readonly ifExists: IfExists
}

/** `get <remote...>`: fetches files into the current directory, or to the path given with `-o`. */
export async function get(
  context: Context,
  remotes: readonly string[],
  options: GetOptions,
): Promise<number> {
  const descriptor = options.output === '-' ? 1 : descriptorOf(options.output)
  const output = descriptor === undefined ? options.output : '-'
  const { recursive = false, follow = false, ifExists, jobs, streams } = options
  if (descriptor === 1 && context.options.json) {
    throw new TransferError('usage', '--json and -o - both write to standard output; leave one of them out')
  }
  if (follow && (remotes.length > 1 || recursive))
    throw new TransferError('usage', '--follow takes exactly one file')
  const { select } = await readTreeOptions(context, options, 'server', recursive)
  using client = await openClient(context)
  await requireNames(context, client, remotes)
  await requireRemotes(context, client, remotes, { output, recursive })
  await makeDestination(context, output, remotes.length)
  const items = remotes.map((remote): GetItem => {
    const from = remotePath(context, remote)
    const to = destinationOf(context, from, output)
    if (to !== undefined) return { from, to }
    if (descriptor === undefined || descriptor === 1)
      return { from, to: context.stdout, label: 'standard output' }
    return { from, to: fs.createWriteStream('', { fd: descriptor, autoClose: false }), label: options.output }
  })
  const destinations = items.flatMap(({ to }) => (typeof to === 'string' ? [to] : []))
  requireDistinct(destinations, ifExists)
  const { codes } = await client.getAll(items, {
    ...{ recursive, follow, ifExists, streams, select, jobs: output === '-' ? 1 : jobs },
    reporter: await reporterFor(context, 'received', {
      isTree: recursive,
      several: recursive || remotes.length > 1,
      toOutput: output === '-',
    }),
  })
  return exitCodeOf(codes)
}
