import type { Asset, PageAssets } from '../../../page/page-assets.ts'
import type { Exchange, Headers } from '../connection/exchange.ts'
import { HTML, page, Refusal, requireMethod } from '../connection/problem.ts'
import { evaluate } from '../fields/conditions.ts'

const READING = ['GET', 'HEAD'] as const

/**
 * What the page may do: load its own files and talk to this server. Nothing inline runs, and no frame shows it.
 * Pictures also come from memory (`blob:`): thumbnails that it has cut out of photos.
 */
const PAGE_RULES: Headers = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' blob:",
    "media-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; '),
  'Cross-Origin-Opener-Policy': 'same-origin',
}

/** The names of these files change with their content. */
const FOREVER = 'public, max-age=31536000, immutable'

const NO_PAGE = page(
  'ftp-server',
  '<p>The page has not been built: run <code>pnpm install</code> in the checkout of this server. Its files are below <a href="/files/">/files/</a> in the meantime.</p>',
)

/** Answers with the page: the same document, whatever it will show. */
export async function servePage(exchange: Exchange, assets: PageAssets): Promise<void> {
  requireMethod(exchange.method, READING)
  const document = await assets.find('index.html')
  if (document === undefined) exchange.respond(200, { 'Content-Type': HTML }, NO_PAGE)
  else send(exchange, document, 'no-cache')
}

/** Answers a request for a file that belongs to the page. */
export async function serveAsset(exchange: Exchange, assets: PageAssets, name: string): Promise<void> {
  requireMethod(exchange.method, READING)
  const asset = await assets.find(name)
  if (asset === undefined) throw new Refusal(404, 'not_found', 'nothing has this path')
  send(exchange, asset, FOREVER)
}

function send(exchange: Exchange, { type, bytes, gzip, etag }: Asset, caching: string): void {
  const isZipped = gzip !== undefined && /\bgzip\b/.test(exchange.header('accept-encoding') ?? '')
  const headers = { ...PAGE_RULES, 'Cache-Control': caching, ETag: etag, Vary: 'Accept-Encoding' }
  const ifNoneMatch = exchange.header('if-none-match')
  if (evaluate({ ifNoneMatch }, { etag, mtime: 0 }, true) === 'not-modified')
    return exchange.respond(304, headers)
  exchange.respond(
    200,
    { ...headers, 'Content-Type': type, 'Content-Encoding': isZipped ? 'gzip' : undefined },
    isZipped ? gzip : bytes,
  )
}
