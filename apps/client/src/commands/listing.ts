import type { Entry, RemotePath } from '@ftp/protocol'
import type { Client } from '../client.ts'

/** A tree as the server lists it. */
export interface Tree {
  /** Each directory before what is in it. */
  readonly entries: readonly Entry[]
  /** How many names there no client can be told. */
  readonly unnamable: number
}

/** Everything below a remote directory. */
export async function listTree(client: Client, path: RemotePath): Promise<Tree> {
  const entries: Entry[] = []
  const listing = client.list(path, { recursive: true })
  for (;;) {
    const { done, value } = await listing.next()
    if (done) return { entries, unnamable: value }
    entries.push(value)
  }
}
