import { type RemotePath, TransferError } from '@ftp/protocol'
import { type Guest, VISIT_S } from '../../../share/links.ts'
import { stat } from '../../../share/stat.ts'
import type { Exchange } from '../connection/exchange.ts'
import { HTML, page, Refusal, requireMethod } from '../connection/problem.ts'
import type { Visitor } from '../connection/visitor.ts'
import { cookieOf, formatCookie } from '../fields/cookies.ts'
import { guestUpload, type Resource } from '../fields/target.ts'
import { get } from '../files/get.ts'
import { store } from '../uploads/store.ts'
import { serveUpload, serveUploadChain, serveUploadDescription } from '../uploads/uploads.ts'
import { servePage } from './page.ts'
import type { Site } from './site.ts'

type Link = Extract<Resource, { type: 'link' }>

/**
 * Answers a request for a share link. A browser that opens it gets the page, which shows what the link shares. For
 * programs, a link to a file gives the file, and a link to a folder everything in it. A link for uploads takes
 * files into a folder about which its guests learn nothing.
 */
export async function serveLink(
  exchange: Exchange,
  visitor: Visitor,
  { link, query, site }: { readonly link: Link; readonly query: URLSearchParams; readonly site: Site },
): Promise<void> {
  const { secret } = link
  if (isOpened(exchange, link, query) && (await site.page.isBuilt()))
    return await servePage(exchange, site.page)
  const name = `${exchange.context.isEncrypted ? '__Secure-' : ''}ftp-visit`
  const visit = cookieOf(exchange.header('cookie'), name)
  const upload = guestUpload(link.path)
  const guest = await visitor.guest(exchange, { secret, visit, upload: upload?.id })
  const path = `/s/${secret}`
  exchange.base = path
  exchange.uploads = `${path}/uploads`
  const remember = (value: string | undefined): void => {
    if (value === undefined || value === visit) return
    const isSecure = exchange.context.isEncrypted
    exchange.setCookie(formatCookie({ name, value, path, isSecure, isLax: true, maxAgeSeconds: VISIT_S }))
  }
  if (query.has('about'))
    return guest.kind === 'upload' && upload !== undefined
      ? await serveUploadDescription(exchange, guest.login.share, upload.id)
      : await describe(exchange, guest, remember)
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

/** Whether a person opens the link itself, rather than something in it. */
function isOpened(exchange: Exchange, { path }: Link, query: URLSearchParams): boolean {
  return exchange.method === 'GET' && exchange.isForPeople && path.length === 0 && query.size === 0
}

/** Tells a page what the link shares. This is no use of it. */
async function describe(
  exchange: Exchange,
  { kind, name, file, login, admit }: Guest,
  remember: (visit: string | undefined) => void,
): Promise<void> {
  requireMethod(exchange.method, ['GET', 'HEAD'])
  const share = await login.share()
  const entry = file === undefined ? undefined : (await stat(share, file)).entry
  remember(await admit())
  exchange.respondJson(200, {
    kind,
    ...(kind !== 'upload' && { name }),
    ...(entry && { size: entry.size, mtime: entry.mtime }),
  })
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
  const upload = guestUpload(path)
  if (upload !== undefined) {
    const serve = upload.isChain ? serveUploadChain : serveUpload
    return await serve(exchange, guest.login.share, upload.id)
  }
  const method = requireMethod(exchange.method, ['GET', 'HEAD', 'PUT', 'POST'])
  if (method === 'GET' || method === 'HEAD') {
    if (path.length > 0) throw new TransferError('not_found', 'nobody can see what has been sent here')
    remember(await guest.admit())
    return exchange.respond(200, { 'Content-Type': HTML }, UPLOAD_PAGE)
  }
  if (path.length !== 1)
    throw new Refusal(409, 'bad_request', 'a file is sent to this link under a name of its own')
  const share = await guest.login.share()
  await store(exchange, share, path, async () => remember(await guest.use()))
}

const UPLOAD_PAGE = page(
  'Send files',
  '<p>Files can be sent to this address, each under its name, and nobody who has the address sees them: <code>curl -T file.txt &lt;this address&gt;/</code></p>',
)
