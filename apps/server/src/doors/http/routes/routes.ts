import { TransferError } from '@ftp/protocol'
import { servePassword } from '../account/password.ts'
import { serveSession } from '../account/session.ts'
import { serveSessions } from '../account/sessions.ts'
import { serveShares } from '../account/shares.ts'
import { serveTokens } from '../account/tokens.ts'
import type { Handler } from '../connection/connection.ts'
import type { Exchange } from '../connection/exchange.ts'
import { Refusal, requireMethod } from '../connection/problem.ts'
import type { Visitor } from '../connection/visitor.ts'
import { isForeignWrite } from '../fields/cross-site.ts'
import { isOwnHost, parseHost } from '../fields/host.ts'
import { parseTarget, type Target } from '../fields/target.ts'
import { listUploads } from '../uploads/list.ts'
import { serveUpload, serveUploadChain } from '../uploads/uploads.ts'
import { serveFiles } from './files.ts'
import { serveLink } from './link.ts'
import { serveAsset, servePage } from './page.ts'
import type { Site } from './site.ts'

/** Fields with a single value: a request that has one of them twice would be ambiguous. */
const ONCE = new Set([
  ...['authorization', 'content-length', 'content-md5', 'content-type', 'depth', 'destination', 'expect'],
  ...[
    'ftx-chain',
    'host',
    'if-match',
    'if-modified-since',
    'if-none-match',
    'if-range',
    'if-unmodified-since',
  ],
  ...[
    'origin',
    'overwrite',
    'range',
    'repr-digest',
    'sec-fetch-site',
    'transfer-encoding',
    'upload-complete',
  ],
  ...['upload-draft-interop-version', 'upload-length', 'upload-offset', 'want-repr-digest'],
])

/** Answers every request. */
export function routes(site: Site): Handler {
  return async (exchange, visitor) => {
    try {
      const target = check(exchange, site)
      await route(exchange, visitor, { site, target })
    } catch (error) {
      if (!(error instanceof Refusal) || exchange.response.headersSent) throw error
      exchange.refuse(error.problem, error.headers)
    }
  }
}

async function route(
  exchange: Exchange,
  visitor: Visitor,
  { site, target: { resource, query } }: { readonly site: Site; readonly target: Target },
): Promise<void> {
  switch (resource.type) {
    case 'page':
      return await servePage(exchange, site.page)
    case 'asset':
      return await serveAsset(exchange, site.page, resource.name)
    case 'health':
      requireMethod(exchange.method, READING)
      return exchange.respond(200, { 'Content-Type': 'text/plain; charset=utf-8' }, 'ok\n')
    case 'files':
      return await serveFiles(exchange, visitor, resource, query)
    case 'link':
      return await serveLink(exchange, visitor, { link: resource, query, site })
    case 'session':
      return await serveSession(exchange, visitor)
    case 'sessions':
      return await serveSessions(exchange, visitor, resource.id)
    case 'password':
      return await servePassword(exchange, visitor)
    case 'tokens':
      return await serveTokens(exchange, visitor, resource.id)
    case 'shares':
      return await serveShares(exchange, visitor, resource.id)
    case 'uploads':
      return await listUploads(exchange, visitor)
    case 'upload':
      return await serveUpload(exchange, () => visitor.share(exchange), resource.id)
    case 'upload-chain':
      return await serveUploadChain(exchange, () => visitor.share(exchange), resource.id)
    case 'nothing':
      throw new TransferError('not_found', 'nothing has this path')
    default:
      resource satisfies never
  }
}

const READING = ['GET', 'HEAD'] as const

/**
 * Checks what holds for every request, before anything else is done for it.
 * @throws Refusal, TransferError
 */
function check(exchange: Exchange, site: Site): Target {
  const { request } = exchange
  requireOnce(request.rawHeaders)
  const header = exchange.header('host')
  const host = parseHost(header ?? '')
  if (host === undefined) throw new Refusal(400, 'bad_request', 'the request has no valid Host')
  if (!isOwnHost(host, site.names))
    throw new Refusal(
      421,
      'bad_request',
      `this server is not known as ${host.name}; use its address, or give this name to its machine or its certificate (--tls-cert)`,
    )
  requireFraming(exchange)
  const own = `${exchange.context.isEncrypted ? 'https' : 'http'}://${header}`
  const browser = { secFetchSite: exchange.header('sec-fetch-site'), origin: exchange.header('origin') }
  if (isForeignWrite(exchange.method, browser, own))
    throw new Refusal(403, 'forbidden', 'a page of another site may not change anything here')
  return parseTarget(request.url ?? '')
}

function requireOnce(rawHeaders: readonly string[]): void {
  const seen = new Set<string>()
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]?.toLowerCase() ?? ''
    if (!ONCE.has(name)) continue
    if (seen.has(name)) throw new Refusal(400, 'bad_request', `the request has the field ${name} twice`)
    seen.add(name)
  }
}

/** A body is stored as it comes, so an encoded or partial one would become a different file. */
function requireFraming(exchange: Exchange): void {
  const { httpVersion } = exchange.request
  const transfer = exchange.header('transfer-encoding')
  if (transfer !== undefined) {
    if (httpVersion !== '1.1' || exchange.header('content-length') !== undefined)
      throw new Refusal(400, 'bad_request', 'the length of the body is not clear')
    if (transfer.trim().toLowerCase() !== 'chunked')
      throw new Refusal(501, 'unsupported', 'the only transfer coding is chunked')
  }
  const coding = exchange.header('content-encoding')
  if (coding !== undefined && coding.trim().toLowerCase() !== 'identity')
    throw new Refusal(415, 'unsupported', 'files are stored as they come: send them without a coding')
  if (exchange.header('content-range') !== undefined)
    throw new Refusal(400, 'bad_request', 'part of a file cannot replace a file: use a resumable upload')
}
