import { createHash } from 'node:crypto'
import { BLOCK_SIZE, CHAIN_START, Kernel } from '@ftp/md5'
import { describe, expect, it } from 'vitest'
import vectors from '../vectors/chain.json' with { type: 'json' }

const kernel = new Kernel()
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const bytesOf = (digits: string): Uint8Array => Buffer.from(digits, 'hex')
const content = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, i) => (i * 31 + 7) & 255)
const blockOf = (file: Uint8Array, i: number): Uint8Array =>
  file.subarray(i * BLOCK_SIZE, (i + 1) * BLOCK_SIZE)

describe('vectors/chain.json', () => {
  it('P-8.1: has the blocks and the start of this protocol', () => {
    expect(vectors.blockSize).toBe(BLOCK_SIZE)
    expect(vectors.start).toBe(hex(CHAIN_START))
  })

  it.each(vectors.files)(
    'P-8.2: the chain of $size bytes ends in the MD5 of the file',
    ({ size, chain, md5 }) => {
      const file = content(size)
      expect(createHash('md5').update(file).digest('hex')).toBe(md5)
      expect(chain).toHaveLength(Math.floor(size / BLOCK_SIZE))
      let value = CHAIN_START
      for (const [i, expected] of chain.entries()) {
        value = kernel.absorb(value, blockOf(file, i))
        expect(hex(value)).toBe(expected)
      }
      expect(hex(kernel.finish(value, blockOf(file, chain.length), size))).toBe(md5)
    },
  )

  it('P-8.3: a block is proven by the values around it alone, and by no others', () => {
    const { size, chain } = vectors.files.at(-1) ?? { size: 0, chain: [] }
    const file = content(size)
    const [first = '', second = ''] = chain
    expect(hex(kernel.absorb(bytesOf(first), blockOf(file, 1)))).toBe(second)
    const damaged = blockOf(file, 1).slice()
    damaged[BLOCK_SIZE - 1] = (damaged[BLOCK_SIZE - 1] ?? 0) ^ 1
    expect(hex(kernel.absorb(bytesOf(first), damaged))).not.toBe(second)
    expect(hex(kernel.absorb(CHAIN_START, blockOf(file, 1)))).not.toBe(second)
  })
})
