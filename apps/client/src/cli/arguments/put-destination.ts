import path from 'node:path'
import { formatPath, joinPath, printable, type RemotePath, TransferError } from '@ftp/protocol'
import type { Client } from '../../client.ts'
import { type Context, localPath, remotePath } from '../command-context.ts'
import { isRemoteDirectory, missingDirectory } from './remote-directory.ts'

/** The place on the server where files are stored. */
export interface Destination {
  readonly path: RemotePath
  /** Whether the files go into it. Otherwise it is the new path of the only file. */
  readonly isDirectory: boolean
}

/**
 * Follows the rule of cp: an existing directory, or a name that ends with a slash, is the directory to store
 * into; any other name is the new name.
 */
export async function findDestination(
  context: Context,
  client: Client,
  locals: readonly string[],
  to: string | undefined,
): Promise<Destination> {
  if (locals.includes('-')) {
    if (to === undefined || locals.length > 1) {
      throw new TransferError('usage', 'standard input has no name: give it one with --to, alone')
    }
    return { path: remotePath(context, to), isDirectory: false }
  }
  if (to === undefined) return { path: context.here.remote, isDirectory: true }
  const target = remotePath(context, to)
  const isDirectory = await isRemoteDirectory(client, target)
  if (!isDirectory && (locals.length > 1 || to.endsWith('/'))) throw missingDirectory(to)
  return { path: target, isDirectory }
}

/** The path on the server that a local file gets. */
export function remotePathFor(local: string, destination: Destination): RemotePath {
  return destination.isDirectory
    ? joinPath(destination.path, path.basename(path.resolve(local)))
    : destination.path
}

/** Ensures that stored files do not replace each other. @throws TransferError `usage` */
export function requireDistinct(context: Context, locals: readonly string[], destination: Destination): void {
  const seen = new Set<string>()
  for (const local of locals.filter((each) => each !== '-')) {
    const name = formatPath(remotePathFor(localPath(context, local), destination))
    if (seen.has(name))
      throw new TransferError(
        'usage',
        `two of these files would become "${printable(name)}"; send them to different directories`,
      )
    seen.add(name)
  }
}
