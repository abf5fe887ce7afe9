import { TransferError } from '@ftp/protocol'
import type { Exchange } from '../connection/exchange.ts'
import { Refusal } from '../connection/problem.ts'
import type { Visitor } from '../connection/visitor.ts'
import type { Resource } from '../fields/target.ts'
import { get } from './get.ts'

type Files = Extract<Resource, { type: 'files' }>

const METHODS = ['GET', 'HEAD', 'OPTIONS']

/** Answers a request for a file or folder. */
export async function serveFiles(
  exchange: Exchange,
  visitor: Visitor,
  files: Files,
  query: URLSearchParams,
): Promise<void> {
  const { method } = exchange
  if (method === 'OPTIONS') return exchange.respond(204, { Allow: METHODS.join(', ') })
  if (!METHODS.includes(method))
    throw new Refusal(405, 'unsupported', `${method} is not for files`, { Allow: METHODS.join(', ') })
  const share = await visitor.share(exchange)
  switch (method) {
    case 'GET':
    case 'HEAD':
      return await get(exchange, share, files, query)
    default:
      throw new TransferError('unsupported', `${method} is not for files`)
  }
}
