import { BLOCK_SIZE, CHAIN_START, CHAIN_VALUE_SIZE, type ChainValue, proveBlocks } from '@ftp/md5'
import type { RecordedChain } from '../state/uploads.ts'
import type { PartialFile } from '../storage/storage.ts'
import type { Hashing } from './chain.ts'

/** The end of a chain. */
export interface ChainEnd {
  /** The number of bytes that it covers, a multiple of 64. */
  readonly size: number
  /** The chaining value there. */
  readonly value: ChainValue
  /** The bytes after that, fewer than 64. */
  readonly tail: Uint8Array
}

/** A chain from the start of a file. */
export interface Proven {
  /** The chaining values of the whole blocks. */
  readonly values: readonly ChainValue[]
  readonly end: ChainEnd
}

const NOTHING = new Uint8Array(0)

/** The end of a chain of whole blocks. */
export function endOf(values: readonly ChainValue[]): ChainEnd {
  return { size: values.length * BLOCK_SIZE, value: values.at(-1) ?? CHAIN_START, tail: NOTHING }
}

/** The chaining values in an array of bytes. */
export function valuesOf(chain: Uint8Array): ChainValue[] {
  return Array.from({ length: chain.length / CHAIN_VALUE_SIZE }, (_, index) =>
    chain.slice(index * CHAIN_VALUE_SIZE, (index + 1) * CHAIN_VALUE_SIZE),
  )
}

/**
 * Reads a partial, and compares it with the recorded chain.
 * @returns the part of the record that matches
 */
export async function proveRecord(
  partial: PartialFile,
  record: RecordedChain,
  { hasher, blocks }: Hashing,
): Promise<Proven> {
  const read = (buffer: Uint8Array, at: number): Promise<number> => partial.read(buffer, at)
  const from = { length: 0, value: CHAIN_START }
  const values = await proveBlocks(hasher, { from, claims: record.chain, read, blocks })
  const last = endOf(values)
  const { size, value, tail } = record
  const length = size + tail.length - last.size
  if (values.length * CHAIN_VALUE_SIZE < record.chain.length || length === 0) return { values, end: last }
  using block = await blocks.take({ length })
  const held = await read(block.bytes, last.size)
  const bytes = block.bytes.subarray(0, size - last.size)
  if (held < bytes.length || !(await hasher.check({ start: last.value, bytes, end: value }, true)))
    return { values, end: last }
  const isWhole = held === length && Buffer.compare(block.bytes.subarray(bytes.length), tail) === 0
  return { values, end: { size, value, tail: isWhole ? tail : NOTHING } }
}
