import { printable, type RemotePath, TransferError } from '@ftp/protocol'
import type { Client } from '../../client.ts'

/** Whether there is a directory at a remote path. False if there is nothing. */
export async function isRemoteDirectory(client: Client, remote: RemotePath): Promise<boolean> {
  if (remote.length === 0) return true
  try {
    const { type } = await client.stat(remote)
    return type === 'directory'
  } catch (error) {
    if (error instanceof TransferError && error.code === 'not_found') return false
    throw error
  }
}

/** The error for a directory that does not exist on the server. */
export function missingDirectory(typed: string): TransferError {
  const text = `there is no directory "${printable(typed)}" on the server; make it with ftp-client mkdir -p`
  return new TransferError('not_found', text)
}
