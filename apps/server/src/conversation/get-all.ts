import { CHAIN_START } from '@ftp/md5'
import { parsePath, type RemotePath, TransferError } from '@ftp/protocol'
import * as share from '../share/get-all.ts'
import type { Share } from '../share/share.ts'
import type { Answer } from './exchange.ts'
import type { Waiting } from './request-queue.ts'
import { hex } from './wire.ts'

/** The last reply to a get, with the file that it carries. */
export interface WholeFile {
  readonly answer: Answer
  /** To be passed to giveBlock. */
  readonly payload: Uint8Array
}

/** The path of a request for a whole file; undefined for any other, and for one that is to be refused. */
export function wholePath(waiting: Waiting): RemotePath | undefined {
  if (!('request' in waiting) || waiting.request.type !== 'get') return undefined
  const { path, offset = 0, length, version } = waiting.request
  if (offset > 0 || length !== undefined || version !== undefined) return undefined
  try {
    return parsePath(path)
  } catch {
    return undefined
  }
}

const START = hex(CHAIN_START)

/**
 * Answers gets of whole files that fit into one frame.
 * @returns for each path that was taken, in their order; undefined for a larger file, which ends the row
 */
export async function getAll(
  on: Share,
  paths: Iterable<RemotePath>,
): Promise<readonly (WholeFile | TransferError | undefined)[]> {
  const files = await share.getAll(on, paths)
  return files.map((file) => {
    if (file === undefined || file instanceof TransferError) return file
    const { entry, version, bytes, md5 } = file
    const range = { offset: 0, chain: START, length: bytes.length }
    return { answer: { type: 'file', entry, version, ...range, md5, last: true }, payload: bytes }
  })
}
