import { type RemotePath, TransferError } from '@ftp/protocol'
import { openFile, type ReadableFile } from '../../../share/read-range.ts'
import type { Share } from '../../../share/share.ts'
import { stat } from '../../../share/stat.ts'
import { BlockPayload } from '../../sending/payload.ts'
import type { Exchange, Headers } from '../connection/exchange.ts'
import { evaluate, rangeHolds } from '../fields/conditions.ts'
import { contentDisposition } from '../fields/content-disposition.ts'
import { presentationOf } from '../fields/media-type.ts'
import { rangeOf } from '../fields/range.ts'
import type { Resource } from '../fields/target.ts'
import { list } from './list.ts'
import { tellUsage } from './usage.ts'
import { conditionsOf, validatorsOf, versionHeaders } from './validators.ts'
import { sendZip } from './zip.ts'

/** Stored content never runs as if it were part of this server: not as a document, in a frame, or as a script. */
const USER_CONTENT =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; img-src 'self'; frame-ancestors 'self'"
/** The viewer of Chromium needs scripts of its own. The document can load nothing, all the same. */
const PDF_CONTENT = "sandbox allow-scripts; default-src 'none'; frame-ancestors 'none'"

/**
 * Answers GET and HEAD for a file or folder.
 * @param onUse called before the first byte of a file is sent
 */
export async function get(
  exchange: Exchange,
  share: Share,
  { path, isFolder }: Pick<Extract<Resource, { type: 'files' }>, 'path' | 'isFolder'>,
  query: URLSearchParams,
  onUse: () => Promise<void> = async () => {},
): Promise<void> {
  // A service worker stays after its page is closed, so no user's file may become one.
  if (exchange.header('service-worker') !== undefined)
    throw new TransferError('forbidden', 'a stored file cannot be a service worker')
  if (query.has('usage')) return await tellUsage(exchange, share, path)
  const file = await openOrNothing(share, path)
  if (file === undefined)
    return await (query.has('zip')
      ? sendZip(exchange, share, { path, chosen: query.getAll('name') }, onUse)
      : list(exchange, share, path, query))
  await using open = file
  if (isFolder) throw new TransferError('not_found', `"${open.entry.name}" is not a folder`)
  await sendFile(exchange, open, query.has('download'), onUse)
}

/** @returns undefined if it is a folder */
async function openOrNothing(share: Share, path: RemotePath): Promise<ReadableFile | undefined> {
  return (await isDirectory(share, path)) ? undefined : await openFile(share, path)
}

/** Whether there is a folder, as far as this account may know. Opening the file reports any other problem. */
async function isDirectory(share: Share, path: RemotePath): Promise<boolean> {
  try {
    return (await stat(share, path)).entry.type === 'directory'
  } catch (error) {
    if (TransferError.from(error).code === 'internal') throw error
    return false
  }
}

async function sendFile(
  exchange: Exchange,
  file: ReadableFile,
  isSaved: boolean,
  onUse: () => Promise<void>,
): Promise<void> {
  const { name, size } = file.entry
  const validators = validatorsOf(file)
  const isWanted = /(?:^|[ ,])md5\b/.test(exchange.header('want-repr-digest') ?? '')
  const md5 = isWanted ? await file.computeMd5(exchange.signal) : file.md5
  const { type, isShown } = presentationOf(name)
  const rules = type === 'application/pdf' ? PDF_CONTENT : USER_CONTENT
  const identified: Headers = { ...versionHeaders(validators, md5), 'Content-Security-Policy': rules }
  switch (evaluate(conditionsOf(exchange), validators, true)) {
    case 'failed':
      return exchange.refuse({ status: 412, code: 'changed', detail: `"${name}" is another version by now` })
    case 'not-modified':
      return exchange.respond(304, identified)
    case 'go':
  }
  // A range has a meaning in a GET only (RFC 9110, section 14.2).
  const isPart = exchange.method === 'GET' && rangeHolds(exchange.header('if-range'), validators)
  const range = isPart ? rangeOf(exchange.header('range'), size) : 'whole'
  if (range === 'unsatisfiable') {
    const problem = { status: 416, code: 'bad_request', detail: `"${name}" has ${size} bytes` } as const
    return exchange.refuse(problem, { 'Content-Range': `bytes */${size}` })
  }
  const { start, end } = range === 'whole' ? { start: 0, end: size } : range
  if (exchange.method === 'GET') await onUse()
  exchange.begin(range === 'whole' ? 200 : 206, {
    ...identified,
    'Accept-Ranges': 'bytes',
    'Content-Type': type,
    'Content-Disposition': contentDisposition(isShown && !isSaved ? 'inline' : 'attachment', name),
    'Content-Range': range === 'whole' ? undefined : `bytes ${start}-${end - 1}/${size}`,
    'Content-Length': end - start,
  })
  if (exchange.method !== 'HEAD')
    for await (const { offset, block } of file.read(start, end, exchange.signal))
      await exchange.send(new BlockPayload(block, (buffer, at) => file.readAgain(buffer, offset + at)))
  exchange.end()
}
