import type { Exchange } from '../connection/exchange.ts'
import { Refusal, requireMethod } from '../connection/problem.ts'
import type { Visitor } from '../connection/visitor.ts'
import type { Resource } from '../fields/target.ts'
import { makeFolder, removeFiles, transfer } from '../files/change.ts'
import { get } from '../files/get.ts'
import { store } from '../uploads/store.ts'
import { limitOf } from '../uploads/upload-fields.ts'

type Files = Extract<Resource, { type: 'files' }>

const METHODS = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'DELETE', 'MKCOL', 'MOVE', 'COPY'] as const

/** Answers a request for a file or folder. */
export async function serveFiles(
  exchange: Exchange,
  visitor: Visitor,
  files: Files,
  query: URLSearchParams,
): Promise<void> {
  const method = requireMethod(exchange.method, METHODS)
  if (method === 'OPTIONS')
    return exchange.respond(204, { Allow: METHODS.join(', '), 'Upload-Limit': limitOf(exchange) })
  const share = await visitor.share(exchange)
  switch (method) {
    case 'GET':
    case 'HEAD':
      return await get(exchange, share, files, query)
    case 'PUT':
    case 'POST':
      if (files.isFolder)
        throw new Refusal(409, 'is_directory', 'a file has a name; a folder is made with MKCOL')
      return await store(exchange, share, files.path)
    case 'DELETE':
      return await removeFiles(exchange, share, files.path)
    case 'MKCOL':
      return await makeFolder(exchange, share, files.path)
    case 'MOVE':
    case 'COPY':
      return await transfer(exchange, share, files.path)
    default:
      method satisfies never
  }
}
