import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Entry, fromErrno, joinPath, printable, type RemotePath } from '@ftp/protocol'
import { digest } from '../requests/digest.ts'
import type { Pipeline } from '../session/pipeline.ts'
import { openToRead } from '../transfer/local/named-pipe.ts'

/** Up to this size in bytes, reading a file at once is faster than streaming it. */
const SMALL = 1 << 20

/**
 * Returns a function that compares a file of a local tree with the one on the server. The server usually
 * remembers MD5s from when the files were stored; many are requested at once.
 */
export function sameContent(
  requests: Pipeline,
  local: string,
  remote: RemotePath,
): (file: Entry) => Promise<{ readonly done: Promise<boolean> }> {
  return ({ name, size }) =>
    requests.start(async (session) => {
      const [there, here] = await Promise.all([
        digest(session, joinPath(remote, name)),
        md5Of(path.join(local, name), session.signal, size),
      ])
      return there.md5 === here
    })
}

/** @param size the approximate size in bytes */
export async function md5Of(
  file: string,
  signal: AbortSignal,
  size = Number.POSITIVE_INFINITY,
): Promise<string> {
  try {
    const hash = createHash('md5')
    if (size <= SMALL) hash.update(await fs.promises.readFile(file))
    else await pipeline(openToRead(file, signal), hash)
    return hash.digest('hex')
  } catch (error) {
    throw fromErrno(error, `"${printable(file)}"`)
  }
}
