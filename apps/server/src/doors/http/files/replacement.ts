import { type RemotePath, TransferError } from '@ftp/protocol'
import type { Share } from '../../../share/share.ts'
import { stat } from '../../../share/stat.ts'
import type { StoreOptions } from '../../../share/store.ts'
import type { Exchange } from '../connection/exchange.ts'
import { Refusal } from '../connection/problem.ts'
import { evaluate } from '../fields/conditions.ts'
import { conditionsOf, type Versioned, validatorsOf } from './validators.ts'

/**
 * What a request may replace. Its conditions are evaluated now, so that no byte is sent for nothing, and
 * checked again at the moment when the file gets its name.
 * @throws Refusal 412
 */
export async function replacementFor(
  exchange: Exchange,
  share: Share,
  path: RemotePath,
): Promise<Pick<StoreOptions, 'ifExists' | 'ifVersion'>> {
  const conditions = conditionsOf(exchange)
  const { ifMatch, ifNoneMatch, ifUnmodifiedSince } = conditions
  const demands = [ifMatch, ifNoneMatch, ifUnmodifiedSince].filter((one) => one !== undefined)
  if (demands.length === 0) return { ifExists: 'replace' }
  if (demands.length === 1 && ifNoneMatch?.trim() === '*') return { ifExists: 'fail' }
  const current = await statusOf(share, path)
  requireGo(exchange, current)
  if (current === undefined) return { ifExists: 'fail' }
  return { ifExists: 'replace', ifVersion: current.version }
}

/** @throws Refusal 412 if the conditions of the request do not hold at present */
export function requireGo(exchange: Exchange, current: Versioned | undefined): void {
  const verdict = evaluate(conditionsOf(exchange), current && validatorsOf(current), false)
  if (verdict !== 'go')
    throw new Refusal(
      412,
      current === undefined ? 'not_found' : 'changed',
      'what is there now is not what was expected',
    )
}

/** What is at a path; undefined if there is nothing. @throws TransferError */
export async function statusOf(share: Share, path: RemotePath): Promise<Versioned | undefined> {
  try {
    return await stat(share, path)
  } catch (error) {
    if (TransferError.from(error).code === 'not_found') return undefined
    throw error
  }
}
