import { createHash } from 'node:crypto'
import { BLOCK_SIZE, CHAIN_START, Kernel } from '@ftp/md5'
import type { RawClient } from './raw-client.ts'

const kernel = new Kernel()

/** Bytes in which no two blocks are the same. */
export function content(size: number, seed = 0): Uint8Array {
  const bytes = new Uint8Array(size)
  for (let i = 0; i < size; i++) bytes[i] = (i * 31 + 7 + seed + (i >>> 20) * 13) & 255
  return bytes
}

export function md5Of(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex')
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

export function blockOf(file: Uint8Array, index: number): Uint8Array {
  return file.subarray(index * BLOCK_SIZE, (index + 1) * BLOCK_SIZE)
}

/** The chaining values after each whole block. */
export function chainOf(file: Uint8Array): Uint8Array[] {
  const values: Uint8Array[] = []
  for (let i = 0; (i + 1) * BLOCK_SIZE <= file.length; i++)
    values.push(kernel.absorb(values.at(-1) ?? CHAIN_START, blockOf(file, i)))
  return values
}

/** The header of the data frame that a sender would send for a block of a file. */
export function dataOf(file: Uint8Array, index: number): { offset: number; md5: string; last?: true } {
  const offset = index * BLOCK_SIZE
  const isEnd = offset + BLOCK_SIZE >= file.length
  if (isEnd) return { offset, md5: md5Of(file), last: true }
  return { offset, md5: hex(chainOf(file.subarray(0, offset + BLOCK_SIZE)).at(-1) ?? CHAIN_START) }
}

/** A `put` request whose payload is the whole file. */
export function wholePut(
  path: string,
  file: Uint8Array,
  more: object = {},
): { type: 'put'; [field: string]: unknown } {
  return { type: 'put', path, length: file.length, md5: md5Of(file), ifExists: 'replace', ...more }
}

/** Sends the blocks of a file from `first` up to but excluding `end`, waiting for each acknowledgement. */
export async function sendBlocks(
  client: RawClient,
  id: number,
  file: Uint8Array,
  first = 0,
  end = Math.max(1, Math.ceil(file.length / BLOCK_SIZE)),
): Promise<void> {
  for (let index = first; index < end; index++) {
    client.send({ id, type: 'data', ...dataOf(file, index) }, blockOf(file, index))
    await client.take('ack')
  }
}
