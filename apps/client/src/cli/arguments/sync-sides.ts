import fs from 'node:fs'
import { type Entry, formatPath, printable, type RemotePath, TransferError } from '@ftp/protocol'
import type { Client } from '../../client.ts'
import { toEntry } from '../../transfer/local/local-entry.ts'

/** One side of the command line: `server:path`, or a local path. */
const REMOTE = /^(?<server>[^/\\:]*|[^/\\:]*:\d+|\[[^\]]*\](:\d+)?):(?<path>.*)$/

/** What the two sides of a sync are. */
export interface Sides {
  readonly way: 'get' | 'put'
  /** As it was typed. */
  readonly local: string
  /** Undefined for the usual one. */
  readonly server: string | undefined
  /** As it was typed. */
  readonly remote: string
}

/** @throws TransferError `bad_request` unless one side is here and one on a server */
export function sidesOf(from: string, to: string): Sides {
  const [source, target] = [REMOTE.exec(from)?.groups, REMOTE.exec(to)?.groups]
  const there = source ?? target
  if (there === undefined || (source === undefined) === (target === undefined)) {
    const text = 'one of the two must be on a server, written as server:path, or as :path for the usual one'
    throw new TransferError('bad_request', text)
  }
  const { server = '', path = '' } = there
  const local = source === undefined ? from : to
  return {
    way: source === undefined ? 'put' : 'get',
    local,
    server: server === '' ? undefined : server,
    remote: path,
  }
}

/** A local folder; undefined where there is none. @throws TransferError `not_directory` for anything else */
export function localRoot(folder: string): Entry | undefined {
  const stats = fs.statSync(folder, { bigint: true, throwIfNoEntry: false })
  if (stats !== undefined && !stats.isDirectory())
    throw new TransferError('not_directory', `"${printable(folder)}" is not a directory`)
  return stats && toEntry('', stats)
}

/** The same on the server. */
export async function remoteRoot(client: Client, folder: RemotePath): Promise<Entry | undefined> {
  try {
    const entry = await client.stat(folder)
    if (entry.type === 'directory') return { ...entry, name: '' }
    throw new TransferError('not_directory', `"${formatPath(folder)}" is not a directory on the server`)
  } catch (error) {
    if (error instanceof TransferError && error.code === 'not_found') return undefined
    throw error
  }
}
