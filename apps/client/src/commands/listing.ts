import type { Entry, RemotePath } from '@ftp/protocol'
import { TransferError } from '@ftp/protocol'
import type { Client } from '../client.ts'

/**
 * Everything below a remote directory, as the server lists it: each directory before what is in it.
 * @param onFailure told at the end of names there that no client can be told
 */
export async function* listTree(
  client: Client,
  path: RemotePath,
  onFailure: (failure: TransferError) => void,
): AsyncGenerator<Entry> {
  const unnamable = yield* client.list(path, { recursive: true })
  if (unnamable > 0)
    onFailure(new TransferError('name', `${unnamable} names there cannot be fetched and were left out`))
}
