import { BLOCK_SIZE, CHAIN_VALUE_SIZE, type ChainValue } from '@ftp/md5/chain'
import type { Kernel } from '@ftp/md5/kernel'

/** How many bytes are read at a time: few enough for a phone, and enough that reading costs little. */
const READ_SIZE = 4 * BLOCK_SIZE

/** A part of a file that is to be hashed. */
export interface HashRequest {
  /** It begins at a multiple of 1 MiB, and ends at another or at the end of the file. */
  readonly part: Blob
  /** The chaining value before it. */
  readonly start: ChainValue
  /** The size of the whole file in bytes, if the part ends it. */
  readonly fileSize?: number | undefined
}

export interface HashResult {
  /** The chaining value after each whole block, 16 bytes each. */
  readonly chain: Uint8Array
  /** The MD5 of the whole file, if the part ends it. */
  readonly md5?: Uint8Array | undefined
}

/** Hashes parts of files. @throws DOMException `NotReadableError`, `NotFoundError` if the file cannot be read */
export interface BlobHasher {
  hash(request: HashRequest): Promise<HashResult>
}

/** Reads and hashes a part of a file. While one piece is hashed, the next one is read. */
export async function hashBlob(kernel: Kernel, { part, start, fileSize }: HashRequest): Promise<HashResult> {
  const chain = new Uint8Array(Math.floor(part.size / BLOCK_SIZE) * CHAIN_VALUE_SIZE)
  let value = start
  let blocks = 0
  let tail = new Uint8Array(0)
  let next = read(part, 0)
  for (let offset = 0; offset < part.size; offset += READ_SIZE) {
    const bytes = await next
    next = read(part, offset + READ_SIZE)
    for (let at = 0; at < bytes.length; at += BLOCK_SIZE) {
      const block = bytes.subarray(at, at + BLOCK_SIZE)
      if (block.length < BLOCK_SIZE) {
        tail = block
        break
      }
      value = kernel.absorb(value, block)
      chain.set(value, blocks++ * CHAIN_VALUE_SIZE)
    }
  }
  return { chain, ...(fileSize !== undefined && { md5: kernel.finish(value, tail, fileSize) }) }
}

async function read(part: Blob, offset: number): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await part.slice(offset, offset + READ_SIZE).arrayBuffer())
}
