import { TransferError } from '@ftp/protocol'

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

/** @throws TransferError `usage` unless one side is here and one on a server */
export function sidesOf(from: string, to: string): Sides {
  const [source, target] = [REMOTE.exec(from)?.groups, REMOTE.exec(to)?.groups]
  const there = source ?? target
  if (there === undefined || (source === undefined) === (target === undefined)) {
    const text = 'one of the two must be on a server, written as server:path, or as :path for the usual one'
    throw new TransferError('usage', text)
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
