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
  const { demands, isAny } = demandsOf(exchange)
  if (demands.length === 0) return { ifExists: 'replace' }
  if (demands.length === 1 && exchange.header('if-none-match')?.trim() === '*') return { ifExists: 'fail' }
  const current = await statusOf(share, path)
  requireGo(exchange, current)
  if (current === undefined) return { ifExists: 'fail' }
  return { ifExists: 'replace', ifVersion: isAny ? 'any' : current.version }
}

/**
 * The version that an entry must have when the request changes it, so that the conditions of the request still
 * hold; undefined if it has none, or if any version will do.
 * @param current what is there now
 * @throws Refusal 412
 */
export function requiredVersion(exchange: Exchange, current: Versioned | undefined): string | undefined {
  requireGo(exchange, current)
  const { demands, isAny } = demandsOf(exchange)
  return demands.length === 0 || isAny ? undefined : current?.version
}

/** The conditions on a change, and whether they demand only that something exists. */
function demandsOf(exchange: Exchange): { readonly demands: readonly string[]; readonly isAny: boolean } {
  const { ifMatch, ifNoneMatch, ifUnmodifiedSince } = conditionsOf(exchange)
  const demands = [ifMatch, ifNoneMatch, ifUnmodifiedSince].filter((one) => one !== undefined)
  return { demands, isAny: demands.length === 1 && ifMatch?.trim() === '*' }
}

/** @throws Refusal 412 if the conditions of the request do not hold at present */
function requireGo(exchange: Exchange, current: Versioned | undefined): void {
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
