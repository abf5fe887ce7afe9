import v8 from 'node:v8'
import { TransferError } from '@ftp/protocol'
import { sidesOf } from '../arguments/sync-direction.ts'
import { readTreeOptions, type TreeOptions } from '../arguments/tree-options.ts'
import { reporterFor } from '../choose-reporter.ts'
import { type Context, localPath, remotePath } from '../command-context.ts'
import { exitCodeOf } from '../exit-codes.ts'
import { openClient } from '../open-client.ts'

export interface SyncOptions extends TreeOptions {
  readonly jobs: number
  readonly delete?: boolean
  readonly allowEmpty?: boolean
  readonly maxDelete?: number
  readonly dryRun?: boolean
  readonly checksum?: boolean
}

/** `sync <source> <target>`: makes the target like the source by transferring the differences. */
export async function sync(
  context: Context,
  from: string,
  to: string,
  options: SyncOptions,
): Promise<number> {
  // Compared entries are garbage at once. V8's young generation, which grows to 64 MiB by itself, would only
  // hold more of them.
  v8.setFlagsFromString('--semi-space-growth-factor=1')
  const { way, ...typed } = sidesOf(from, to)
  const choice = await readTreeOptions(context, options, way === 'put' ? 'here' : 'server')
  if (typed.server !== undefined && context.client !== undefined)
    throw new TransferError(
      'usage',
      `this shell is connected to ${context.client.server}; write :path for a directory there`,
    )
  const { server = context.options.server } = typed
  const there = { ...context, options: { ...context.options, ...(server !== undefined && { server }) } }
  using client = await openClient(there)
  const { jobs, delete: remove, allowEmpty, maxDelete, dryRun, checksum } = options
  const { codes } = await client.sync({
    ...{ way, local: localPath(context, typed.local), remote: remotePath(context, typed.remote) },
    ...{ jobs, delete: remove, allowEmpty, maxDelete, dryRun, checksum },
    ...choice,
    reporter: await reporterFor(context, way === 'put' ? 'stored' : 'received', { isTree: true }),
  })
  return exitCodeOf(codes)
}
