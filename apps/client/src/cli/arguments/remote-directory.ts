import { parentPath, printable, type RemotePath, TransferError } from '@ftp/protocol'
import type { Client } from '../../client.ts'

/** The place on the server where files are stored, or to which they are moved. */
export interface Destination {
  readonly path: RemotePath
  /** Whether the files go into it. Otherwise it is the new path of the only file. */
  readonly isDirectory: boolean
}

/** Whether there is a directory at a remote path. False if there is nothing. */
export async function isRemoteDirectory(client: Client, remote: RemotePath): Promise<boolean> {
  return (await kindOf(client, remote)) === 'directory'
}

/**
 * Follows the rule of cp: an existing directory, or a name that ends with a slash, is the directory to store
 * into; any other name is the new name. Missing directories are made.
 * @param typed the path as it was typed
 * @param isDirectory whether it must be a directory, because several files go into it
 * @throws TransferError `not_directory` if something else has its name
 */
export async function remoteDestination(
  client: Client,
  path: RemotePath,
  typed: string,
  isDirectory: boolean,
): Promise<Destination> {
  const kind = await kindOf(client, path)
  if (kind === 'directory') return { path, isDirectory: true }
  const mustBe = isDirectory || typed.endsWith('/')
  if (kind === 'other' && mustBe)
    throw new TransferError('not_directory', `"${printable(typed)}" is a file on the server, not a directory`)
  const directory = mustBe ? path : parentPath(path)
  if (kind === 'nothing' && (mustBe || (await kindOf(client, directory)) === 'nothing'))
    await client.mkdir(directory, { parents: true })
  return { path, isDirectory: mustBe }
}

/** What there is at a remote path. */
async function kindOf(client: Client, remote: RemotePath): Promise<'directory' | 'other' | 'nothing'> {
  if (remote.length === 0) return 'directory'
  try {
    const { type } = await client.stat(remote)
    return type === 'directory' ? type : 'other'
  } catch (error) {
    if (error instanceof TransferError && error.code === 'not_found') return 'nothing'
    throw error
  }
}
