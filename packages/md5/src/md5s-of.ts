import { hash } from 'node:crypto'
import { CHAIN_START } from './chain.ts'
import { defaultKernel } from './default-kernel.ts'

/** So many bytes OpenSSL hashes in the time that V8 takes to make the lanes fast: a program that ends before needs none. */
const WARM = 64 * 1_048_576

let hashed = 0

/**
 * The MD5 of each message. Once there are many it is computed side by side, which is two to three times as fast as one
 * by one.
 * @param warm bytes that are hashed one by one before that
 */
export function md5sOf(messages: readonly Uint8Array[], warm = WARM): Uint8Array[] {
  if (hashed >= warm)
    return defaultKernel().absorbAll(
      messages.map((bytes) => ({ start: CHAIN_START, bytes, length: bytes.length })),
    )
  for (const { length } of messages) hashed += length
  return messages.map((bytes) => hash('md5', bytes, 'buffer'))
}
