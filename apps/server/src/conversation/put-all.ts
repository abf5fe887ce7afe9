import { type PutRequest, parsePath, TransferError } from '@ftp/protocol'
import * as share from '../share/put-all.ts'
import type { Share } from '../share/share.ts'
import type { Outcome } from '../share/upload.ts'
import { bytesOf } from './wire.ts'

/** A put that carries its file. */
export interface WholePut {
  readonly request: PutRequest & { readonly md5: string }
  readonly payload: Uint8Array
}

/** Stores files that came in one frame each. @returns the last reply of each, in their order */
export async function putAll(
  on: Share,
  puts: readonly WholePut[],
): Promise<readonly (Outcome | TransferError)[]> {
  const offers = puts.map(toOffer)
  const outcomes = await share.putAll(
    on,
    offers.filter((offer) => 'bytes' in offer),
  )
  let next = 0
  return offers.flatMap((offer) => ('bytes' in offer ? (outcomes[next++] ?? []) : offer))
}

function toOffer({ request, payload }: WholePut): share.WholeOffer | TransferError {
  try {
    if (payload.length !== request.length)
      throw new TransferError('bad_request', 'a put carries the whole file with its md5, or nothing')
    return { ...request, path: parsePath(request.path), md5: bytesOf(request.md5), bytes: payload }
  } catch (error) {
    return TransferError.from(error)
  }
}
