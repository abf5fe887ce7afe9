import { type Entry, formatPath, type RemotePath } from '@ftp/protocol'
import { turn } from '../../../guards/turns.ts'
import { list as entriesOf } from '../../../share/list.ts'
import { Omissions } from '../../../share/omissions.ts'
import { requirePermission, type Share } from '../../../share/share.ts'
import type { Exchange } from '../connection/exchange.ts'
import { escapeHtml, HTML, Refusal } from '../connection/problem.ts'
import { parseCount } from '../fields/structured-fields.ts'
import { urlOf } from '../fields/target.ts'
import { Page } from './page.ts'

/** The maximum number of entries in one page. */
const MOST = 10_000

/**
 * Answers GET for a folder: as JSON for programs that ask for it, otherwise as a page of links. Both are sent
 * while the folder is read, whatever its size. If the client asks for pages, the JSON has one page of
 * entries, in order.
 */
export async function list(
  exchange: Exchange,
  share: Share,
  path: RemotePath,
  query: URLSearchParams,
): Promise<void> {
  requirePermission(share, 'list')
  const omitted = new Omissions()
  // It may be left before it is read, or after its first entries.
  await using batches = entriesOf(share, path, false, omitted)
  // If something is wrong, it shows before the answer begins.
  const first = await batches.next()
  const all = (async function* (): AsyncGenerator<readonly Entry[]> {
    if (first.done !== true) yield first.value
    for await (const batch of batches) {
      yield batch
      // Otherwise, a large folder would keep this thread until its end.
      await turn(share.blocks.owner)
      exchange.signal.throwIfAborted()
    }
  })()
  if (!isJson(exchange))
    return await exchange.stream(200, { 'Content-Type': HTML }, asPage(exchange.base, path, all))
  const limit = limitOf(query)
  const type = { 'Content-Type': 'application/json', Vary: 'Accept' }
  if (limit === undefined) return await exchange.stream(200, type, asJson(path, all, omitted))
  const page = new Page(limit, query.get('after') ?? undefined)
  for await (const batch of all) for (const entry of batch) page.offer(entry)
  const { entries, next } = page
  exchange.respond(
    200,
    type,
    `${JSON.stringify({ path: formatPath(path), entries, next, ...omitted.fields })}\n`,
  )
}

function isJson(exchange: Exchange): boolean {
  return /\bapplication\/(?:json|\*)/.test(exchange.header('accept') ?? '')
}

/** @throws Refusal */
function limitOf(query: URLSearchParams): number | undefined {
  const text = query.get('limit')
  if (text === null) {
    if (query.has('after')) return MOST
    return undefined
  }
  const limit = parseCount(text)
  if (limit === undefined || limit === 0)
    throw new Refusal(400, 'bad_request', 'limit is a number of entries')
  return Math.min(limit, MOST)
}

async function* asJson(
  path: RemotePath,
  batches: AsyncIterable<readonly Entry[]>,
  omitted: Omissions,
): AsyncGenerator<string> {
  yield `{"path":${JSON.stringify(formatPath(path))},"entries":[`
  let separator = '\n'
  for await (const batch of batches) {
    if (batch.length === 0) continue
    yield separator + batch.map((entry) => JSON.stringify(entry)).join(',\n')
    separator = ',\n'
  }
  const rest = JSON.stringify(omitted.fields).slice(1, -1)
  yield `\n]${rest === '' ? '' : `,${rest}`}}\n`
}

async function* asPage(
  base: string,
  path: RemotePath,
  batches: AsyncIterable<readonly Entry[]>,
): AsyncGenerator<string> {
  const title = escapeHtml(`/${formatPath(path)}`)
  yield `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<h1>${title}</h1>
<ul>
`
  if (path.length > 0) yield `<li><a href="${urlOf(path.slice(0, -1), true, base)}">../</a>\n`
  for await (const batch of batches)
    yield batch
      .filter(({ type }) => type === 'file' || type === 'directory')
      .map(({ name, type }) => {
        const isFolder = type === 'directory'
        const shown = `${escapeHtml(name)}${isFolder ? '/' : ''}`
        return `<li><a href="${escapeHtml(urlOf([...path, name], isFolder, base))}">${shown}</a>\n`
      })
      .join('')
  yield '</ul>\n</html>\n'
}
