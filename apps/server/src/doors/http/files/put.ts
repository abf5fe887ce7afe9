import { type RemotePath, TransferError } from '@ftp/protocol'
import { HashedUpload } from '../../../share/hashed-upload.ts'
import type { Share } from '../../../share/share.ts'
import { beginUpload, type StoreOptions } from '../../../share/store.ts'
import type { Committed } from '../../../share/upload.ts'
import type { Exchange } from '../connection/exchange.ts'
import { Refusal } from '../connection/problem.ts'
import { claimedMd5 } from './claimed-md5.ts'
import { replacementFor } from './replacement.ts'
import { validatorsOf, versionHeaders } from './validators.ts'

/** Answers PUT on a file: stores the body under its path. */
export async function put(exchange: Exchange, share: Share, path: RemotePath): Promise<void> {
  const options = await storeOptions(exchange, share, path)
  await using upload = await begin(exchange, share, path, {
    ...options,
    length: exchange.body.length,
    // Without a name, nobody can continue it.
    isKept: false,
  })
  await upload.append(exchange.body.bytes(), { signal: exchange.signal })
  respondStored(exchange, await commit(exchange, upload))
}

/** What the headers say about a file that is to be stored. @throws Refusal, TransferError */
export async function storeOptions(
  exchange: Exchange,
  share: Share,
  path: RemotePath,
): Promise<StoreOptions> {
  const md5 = claimedMd5(exchange)
  return { ...(await replacementFor(exchange, share, path)), ...(md5 !== undefined && { md5 }) }
}

/** Begins an upload. @throws Refusal, TransferError */
export async function begin(
  exchange: Exchange,
  share: Share,
  path: RemotePath,
  options: StoreOptions,
): Promise<HashedUpload> {
  try {
    const upload = await beginUpload(share, path, options, exchange.signal)
    if (upload instanceof HashedUpload) return upload
    throw new TransferError('exists', `"${upload.entry.name}" already exists`)
  } catch (error) {
    throw asConflict(exchange, error)
  }
}

/** Gives the file its name. @throws Refusal, TransferError */
export async function commit(exchange: Exchange, upload: HashedUpload): Promise<Committed> {
  try {
    return await upload.commit()
  } catch (error) {
    throw asConflict(exchange, error)
  }
}

/** Answers that a file has been stored. */
export function respondStored(
  exchange: Exchange,
  { outcome: { entry }, version, isReplaced }: Committed,
): void {
  const md5 = entry.md5 === undefined ? undefined : Buffer.from(entry.md5, 'hex')
  exchange.respond(isReplaced ? 204 : 201, {
    ...versionHeaders(validatorsOf({ version, entry }), md5),
    ...(exchange.header('upload-complete') !== undefined && {
      'Upload-Complete': '?1',
      'Upload-Offset': entry.size,
    }),
  })
}

/**
 * Failures that have a more precise status in the answer to a write: a missing parent folder is a conflict
 * (RFC 4918), and a taken name is a failed precondition if the client required a free one.
 */
export function asConflict(exchange: Exchange, error: unknown): unknown {
  if (!(error instanceof TransferError)) return error
  const { code, message } = error
  if (code === 'not_found') return new Refusal(409, code, message)
  if (code === 'exists' && exchange.header('if-none-match') !== undefined)
    return new Refusal(412, code, message)
  return error
}
