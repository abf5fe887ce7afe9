import { TransferError } from '@ftp/protocol'

/** Matches one side of the command line that is on a server, `server:path`; a local path does not match. */
const REMOTE = /^(?<server>[^/\\:]*|[^/\\:]*:\d+|\[[^\]]*\](:\d+)?):(?<path>.*)$/

/** The two sides of a sync, as the command line names them. */
export interface Sides {
  readonly way: 'get' | 'put'
  /** The path as it was typed. */
  readonly local: string
  /** Undefined for the default server. */
  readonly server: string | undefined
  /** The path as it was typed. */
  readonly remote: string
}

/** @throws TransferError `usage` unless one side is local and the other on a server */
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
