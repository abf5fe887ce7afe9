import path from 'node:path'
import { formatPath, joinPath, printable, type RemotePath, TransferError } from '@ftp/protocol'
import type { Client } from '../../client.ts'
import { type Context, localPath, remotePath } from '../command-context.ts'
import { type Destination, remoteDestination } from './remote-directory.ts'

/**
 * Where `put` stores files: in the current directory on the server, or where `--to` says. Missing directories
 * are made.
 */
export async function findDestination(
  context: Context,
  client: Client,
  locals: readonly string[],
  to: string | undefined,
): Promise<Destination> {
  const isStream = locals.includes('-')
  if (isStream && (to === undefined || locals.length > 1))
    throw new TransferError('usage', 'standard input has no name: give it one with --to, alone')
  if (to === undefined) return { path: context.here.remote, isDirectory: true }
  const destination = await remoteDestination(client, remotePath(context, to), to, locals.length > 1)
  if (isStream && destination.isDirectory)
    throw new TransferError(
      'is_directory',
      `"${printable(to)}" is a directory on the server; for standard input, --to must name a file`,
    )
  return destination
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
