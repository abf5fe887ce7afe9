import { type RemotePath, TransferError } from '@ftp/protocol'
import { type Guest, VISIT_S } from '../../../share/links.ts'
import type { Exchange } from '../connection/exchange.ts'
import { HTML, page, Refusal, requireMethod } from '../connection/problem.ts'
import type { Visitor } from '../connection/visitor.ts'
import { cookieOf, formatCookie } from '../fields/cookies.ts'
import type { Resource } from '../fields/target.ts'
import { get } from '../files/get.ts'
import { put } from '../files/put.ts'
import { uploadFields } from '../uploads/upload-fields.ts'

type Link = Extract<Resource, { type: 'link' }>

/**
 * Answers a request for a share link. A link to a file gives the file, and a link to a folder everything in
 * it. A link for uploads takes files into a folder about which its guests learn nothing.
 */
export async function serveLink(
  exchange: Exchange,
  visitor: Visitor,
  link: Link,
  query: URLSearchParams,
): Promise<void> {
  const { secret } = link
  const name = `${exchange.context.isEncrypted ? '__Secure-' : ''}ftp-visit`
  const visit = cookieOf(exchange.header('cookie'), name)
  const guest = await visitor.guest(exchange, { secret, visit })
  const path = `/s/${secret}`
  exchange.base = path
  const remember = (value: string | undefined): void => {
    if (value === undefined || value === visit) return
    const isSecure = exchange.context.isEncrypted
    exchange.setCookie(formatCookie({ name, value, path, isSecure, isLax: true, maxAgeSeconds: VISIT_S }))
  }
  switch (guest.kind) {
    case 'file':
    case 'folder':
      return await serveReader(exchange, guest, link, query, remember)
    case 'upload':
      return await serveSender(exchange, guest, link, remember)
    default:
      guest.kind satisfies never
  }
}

async function serveReader(
  exchange: Exchange,
  guest: Guest,
  { path, isFolder }: Link,
  query: URLSearchParams,
  remember: (visit: string | undefined) => void,
): Promise<void> {
  requireMethod(exchange.method, ['GET', 'HEAD'])
  const share = await guest.login.share()
  const files = guest.file === undefined ? { path, isFolder } : onlyFile(guest.file, path)
  remember(await guest.admit())
  await get(exchange, share, files, query, async () => remember(await guest.use()))
}

/** A link to a file is the file itself. @throws TransferError `not_found` for any path beside it */
function onlyFile(file: RemotePath, path: RemotePath): { path: RemotePath; isFolder: boolean } {
  if (path.length === 0) return { path: file, isFolder: false }
  throw new TransferError('not_found', 'there is no such link, or it is no longer valid')
}

async function serveSender(
  exchange: Exchange,
  guest: Guest,
  { path }: Link,
  remember: (visit: string | undefined) => void,
): Promise<void> {
  const method = requireMethod(exchange.method, ['GET', 'HEAD', 'PUT'])
  if (method !== 'PUT') {
    if (path.length > 0) throw new TransferError('not_found', 'nobody can see what has been sent here')
    remember(await guest.admit())
    return exchange.respond(200, { 'Content-Type': HTML }, UPLOAD_PAGE)
  }
  if (path.length !== 1)
    throw new Refusal(409, 'bad_request', 'a file is sent to this link under a name of its own')
  // Part of a file must not be taken for the file.
  if (uploadFields(exchange).isComplete === false)
    throw new Refusal(501, 'unsupported', 'a file is sent to this link in one piece')
  const share = await guest.login.share()
  remember(await guest.use())
  await put(exchange, share, path)
}

const UPLOAD_PAGE = page(
  'Send files',
  '<p>Files can be sent to this address, each under its name, and nobody who has the address sees them: <code>curl -T file.txt &lt;this address&gt;/</code></p>',
)
