import { formatPath, type RemotePath, TransferError } from '@ftp/protocol'
import { copy } from '../../../share/copy.ts'
import { mkdir } from '../../../share/mkdir.ts'
import { moveVersion } from '../../../share/move.ts'
import { remove } from '../../../share/remove.ts'
import type { Share } from '../../../share/share.ts'
import type { Exchange } from '../connection/exchange.ts'
import { Refusal } from '../connection/problem.ts'
import { parseDestination, urlOf } from '../fields/target.ts'
import { asConflict } from './put.ts'
import { requiredVersion, statusOf } from './replacement.ts'

/** Answers DELETE: removes a file, or a folder with everything in it (RFC 4918, section 9.6). */
export async function removeFiles(exchange: Exchange, share: Share, path: RemotePath): Promise<void> {
  requireNoBody(exchange)
  const ifVersion = requiredVersion(exchange, await statusOf(share, path))
  await remove(share, path, true, ifVersion)
  exchange.respond(204)
}

/** Answers MKCOL: makes a folder. */
export async function makeFolder(exchange: Exchange, share: Share, path: RemotePath): Promise<void> {
  requireNoBody(exchange)
  try {
    await mkdir(share, path, false)
  } catch (error) {
    if (error instanceof TransferError && error.code === 'exists')
      throw new Refusal(405, 'exists', error.message)
    throw asConflict(exchange, error)
  }
  exchange.respond(201, { Location: urlOf(path, true) })
}

/** Answers MOVE and COPY, whose target is in the header `Destination`. */
export async function transfer(exchange: Exchange, share: Share, path: RemotePath): Promise<void> {
  requireNoBody(exchange)
  const to = destinationOf(exchange)
  if (formatPath(to) === formatPath(path))
    throw new Refusal(403, 'bad_request', 'the destination is the source')
  const source = await statusOf(share, path)
  if (source === undefined) throw new TransferError('not_found', `nothing has the path "${formatPath(path)}"`)
  const ifVersion = requiredVersion(exchange, source)
  const isOverwriting = overwriteOf(exchange)
  const isTaken = (await statusOf(share, to)) !== undefined
  if (isTaken && !isOverwriting) throw taken(to)
  const mayOverwrite = isTaken || share.account.permissions.includes('overwrite')
  const ifExists = isOverwriting && mayOverwrite ? 'replace' : 'fail'
  try {
    if (exchange.method === 'MOVE') await moveVersion(share, path, to, { ifExists, ifVersion })
    else
      await copy(share, {
        ...{ from: path, to, ifExists, ifVersion },
        isRecursive: exchange.header('depth') !== '0',
        signal: exchange.signal,
      })
  } catch (error) {
    // Somebody else has just taken the name.
    if (!isOverwriting && error instanceof TransferError && error.code === 'exists') throw taken(to)
    throw asConflict(exchange, error)
  }
  exchange.respond(isTaken ? 204 : 201, isTaken ? {} : { Location: urlOf(to) })
}

/** The refusal of `Overwrite: F` (RFC 4918, section 10.6). */
function taken(path: RemotePath): Refusal {
  return new Refusal(412, 'exists', `"${formatPath(path)}" already exists`)
}

/** @throws Refusal, TransferError */
function destinationOf(exchange: Exchange): RemotePath {
  const destination = exchange.header('destination')
  if (destination === undefined) throw new Refusal(400, 'bad_request', 'the field Destination is missing')
  const path = parseDestination(destination, exchange.header('host') ?? '')
  if (path === undefined)
    throw new Refusal(502, 'bad_request', 'the destination is none of the files of this server')
  return path
}

/** @throws Refusal */
function overwriteOf(exchange: Exchange): boolean {
  const overwrite = exchange.header('overwrite') ?? 'T'
  if (overwrite !== 'T' && overwrite !== 'F') throw new Refusal(400, 'bad_request', 'Overwrite is T or F')
  return overwrite === 'T'
}

/** A client that sends a body expects something that this server does not do. @throws Refusal 415 */
function requireNoBody(exchange: Exchange): void {
  if (exchange.body.isAnnounced) throw new Refusal(415, 'unsupported', `${exchange.method} has no body here`)
}
