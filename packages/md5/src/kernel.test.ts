import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { randomBytes } from '../../../test/support/files.ts'
import { BLOCK_SIZE, type BlockCheck, CHAIN_START, createMemory, Kernel } from './index.ts'

/** A kernel that has everything copied in. */
const outside = new Kernel()
const pool = new Uint8Array(randomBytes(4 * BLOCK_SIZE, 41))

// A block from somewhere in the pool, with a start of its own, so that no two lanes carry the same.
function block(length: number, i: number): BlockCheck {
  const bytes = pool.subarray(4096 * i, 4096 * i + length)
  const start = pool.slice(16 * i, 16 * i + 16)
  return { start, bytes, end: outside.absorb(start, bytes) }
}

function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  const flipped = bytes.slice()
  flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return flipped
}

function place(kernel: Kernel, slot: number, check: BlockCheck): BlockCheck {
  const bytes = kernel.slot(slot).subarray(0, check.bytes.length)
  bytes.set(check.bytes)
  return { ...check, bytes }
}

const lengths = fc.oneof(
  fc.nat({ max: 300 }).map((steps) => 64 * steps),
  fc.constantFrom(64, 7680, 61_440, 65_536),
)

describe('absorb', () => {
  it('of nothing is where it started, as a copy', () => {
    const value = outside.absorb(CHAIN_START, new Uint8Array(0))
    expect(value).toEqual(CHAIN_START)
    expect(value).not.toBe(CHAIN_START)
  })

  it('of two halves is absorb of the whole', () => {
    const half = outside.absorb(CHAIN_START, pool.subarray(0, 2 * BLOCK_SIZE + 64))
    expect(outside.absorb(half, pool.subarray(2 * BLOCK_SIZE + 64))).toEqual(
      outside.absorb(CHAIN_START, pool),
    )
  })

  it('leaves start and bytes as they were', () => {
    const start = CHAIN_START.slice()
    const bytes = pool.slice(0, 128)
    outside.absorb(start, bytes)
    expect(start).toEqual(CHAIN_START)
    expect(bytes).toEqual(pool.subarray(0, 128))
  })

  it.each([1, 63, 65, BLOCK_SIZE - 1])('refuses %i bytes', (length) => {
    expect(() => outside.absorb(CHAIN_START, pool.subarray(0, length))).toThrow(RangeError)
  })

  it.each([0, 15, 17])('refuses a start of %i bytes', (size) => {
    expect(() => outside.absorb(new Uint8Array(size), pool.subarray(0, 64))).toThrow(RangeError)
  })
})

describe('checkBlocks', () => {
  it('has nothing to say about no blocks', () => {
    expect(outside.checkBlocks([])).toEqual([])
  })

  it.each(Array.from({ length: 17 }, (_, i) => i + 1))(
    'agrees with absorb on %i blocks of mixed lengths',
    (count) => {
      fc.assert(
        fc.property(fc.array(lengths, { minLength: count, maxLength: count }), (sizes) => {
          expect(outside.checkBlocks(sizes.map(block))).toEqual(sizes.map(() => true))
        }),
        { numRuns: 10 },
      )
    },
  )

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 17])(
    'finds a flipped bit among %i blocks, in that block only',
    (count) => {
      const blocks = Array.from({ length: count }, (_, i) => block(8192, i))
      for (const [bad, good] of blocks.entries()) {
        fc.assert(
          fc.property(fc.nat({ max: 8 * 8192 - 1 }), (bit) => {
            const bytes = flipBit(good.bytes, bit)
            expect(outside.checkBlocks(blocks.with(bad, { ...good, bytes }))).toEqual(
              blocks.map((_, i) => i !== bad),
            )
          }),
          { numRuns: 5 },
        )
      }
    },
  )

  it('finds a flipped bit in the first and last byte of blocks of mixed lengths', () => {
    const blocks = [128, 64, 7744, 64, 61_504, BLOCK_SIZE, 128, 4096, 64, 8192].map(block)
    for (const [bad, good] of blocks.entries()) {
      for (const bit of [0, 8 * good.bytes.length - 1]) {
        const bytes = flipBit(good.bytes, bit)
        expect(outside.checkBlocks(blocks.with(bad, { ...good, bytes }))).toEqual(
          blocks.map((_, i) => i !== bad),
        )
      }
    }
  })

  it.each(['start', 'end'] as const)('finds a flipped bit in any %s', (key) => {
    const blocks = Array.from({ length: 8 }, (_, i) => block(64, i))
    for (const [bad, good] of blocks.entries()) {
      for (let bit = 0; bit < 128; bit++) {
        const changed = { ...good, [key]: flipBit(good[key], bit) }
        expect(outside.checkBlocks(blocks.with(bad, changed))).toEqual(blocks.map((_, i) => i !== bad))
      }
    }
  })

  it('refuses wrong sizes, whichever block has them', () => {
    const good = block(64, 0)
    const short = pool.subarray(0, 15)
    for (const bad of [
      { ...good, start: short },
      { ...good, end: short },
      { ...good, bytes: pool.subarray(0, 65) },
    ])
      expect(() => outside.checkBlocks([good, bad])).toThrow(RangeError)
  })
})

describe('a kernel on a memory of slots', () => {
  it('checks in place what is in the slots, and copies what is not', () => {
    using kernel = new Kernel(createMemory(9))
    const blocks = Array.from({ length: 12 }, (_, i) => block(i < 9 ? BLOCK_SIZE : 640, i))
    const placed = blocks.map((check, i) => (i < 9 ? place(kernel, i, check) : check))
    expect(kernel.checkBlocks(placed)).toEqual(blocks.map(() => true))
    for (const [i, { bytes }] of placed.entries())
      expect(Buffer.compare(bytes, blocks[i]?.bytes ?? bytes)).toBe(0)
  })

  it('leaves no copy of what is in a slot anywhere before the slots', () => {
    using kernel = new Kernel(createMemory(1))
    const copied = (bytes: Uint8Array) =>
      Buffer.from(kernel.memory.buffer, 0, kernel.slot(0).byteOffset).includes(bytes.slice(0, 64))
    const outside = block(640, 1)
    const inside = place(kernel, 0, block(640, 2))
    kernel.checkBlocks([inside])
    expect(copied(inside.bytes)).toBe(false)
    kernel.checkBlocks([outside])
    expect(copied(outside.bytes)).toBe(true)
  })

  it('takes bytes anywhere in its memory, across slots and at odd addresses', () => {
    using kernel = new Kernel(createMemory(3))
    const bytes = new Uint8Array(kernel.memory.buffer, kernel.slot(0).byteOffset + 13, BLOCK_SIZE + 640)
    bytes.set(pool.subarray(0, bytes.length))
    expect(kernel.absorb(CHAIN_START, bytes)).toEqual(outside.absorb(CHAIN_START, bytes.slice()))
  })

  it('gives slots that do not overlap, and no others', () => {
    using kernel = new Kernel(createMemory(3))
    expect(kernel.slots).toBe(3)
    for (let i = 0; i < 3; i++) kernel.slot(i).fill(i + 1)
    for (let i = 0; i < 3; i++) expect(kernel.slot(i).every((byte) => byte === i + 1)).toBe(true)
    for (const i of [-1, 3, 0.5, Number.NaN]) expect(() => kernel.slot(i)).toThrow(RangeError)
  })

  it('shares the memory with 62 others, which give their place back', () => {
    const memory = createMemory(0)
    const kernels = Array.from({ length: 63 }, () => new Kernel(memory))
    expect(() => new Kernel(memory)).toThrow(RangeError)
    const blocks = [128, 256, 512].map(block)
    for (const kernel of kernels) expect(kernel.checkBlocks(blocks)).toEqual([true, true, true])
    kernels[5]?.[Symbol.dispose]()
    expect(new Kernel(memory).checkBlocks(blocks)).toEqual([true, true, true])
  })

  it('works beside another thread on the same memory', async () => {
    using kernel = new Kernel(createMemory(16))
    const blocks = Array.from({ length: 16 }, (_, i) => place(kernel, i, block(BLOCK_SIZE, i)))
    const script = `
      const { parentPort, workerData } = require('node:worker_threads')
      import(workerData.module).then(({ Kernel }) => {
        const kernel = new Kernel(workerData.memory)
        const checks = workerData.blocks.map(({ start, end }, i) => ({ start, bytes: kernel.slot(8 + i), end }))
        const bad = Array.from({ length: 20 }, () => kernel.checkBlocks(checks)).flat().filter((ok) => !ok)
        parentPort.postMessage(bad.length)
      })`
    const module = new URL('./index.ts', import.meta.url).href
    const theirs = blocks.slice(8).map(({ start, end }) => ({ start, end }))
    const worker = new Worker(script, {
      eval: true,
      workerData: { module, memory: kernel.memory, blocks: theirs },
    })
    const answer = new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
    let running = true
    void answer
      .finally(() => {
        running = false
      })
      .catch(() => {})
    while (running) {
      expect(kernel.checkBlocks(blocks.slice(0, 8))).not.toContain(false)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await answer).toBe(0)
    await worker.terminate()
  })

  it.each([-1, 0.5, Number.NaN, 4092])('cannot have %d slots', (slots) => {
    expect(() => createMemory(slots)).toThrow(RangeError)
  })

  it('refuses a memory that was not made for it', () => {
    expect(() => new Kernel(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }))).toThrow(
      RangeError,
    )
  })
})

it('says how to build the kernel if that was forgotten', () => {
  const copy = mkdtempSync(join(tmpdir(), 'md5-'))
  try {
    cpSync(new URL('..', import.meta.url), copy, {
      recursive: true,
      filter: (path) => !/node_modules|\.wasm$/.test(path),
    })
    const script = `import { Kernel } from ${JSON.stringify(join(copy, 'src/index.ts'))}
      try { new Kernel().absorb(new Uint8Array(16), new Uint8Array(64)) } catch (error) { console.log(error.message) }`
    const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
    })
    expect(output).toContain('pnpm compile')
  } finally {
    rmSync(copy, { recursive: true })
  }
})
