import { createHash } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import { expect, it, vi } from 'vitest'
import { HashThread } from './hash-thread.ts'
import { HashedChain } from './hasher.ts'
import { BLOCK_SIZE, CHAIN_START, Kernel } from './index.ts'
import { createMemory } from './memory.ts'

const BYTES = new Uint8Array(BLOCK_SIZE).fill(7)
const MD5 = createHash('md5').update(BYTES).digest('hex')

it('pieces of all chains are sent to the thread together; when the other chains have ended, without a wait', async () => {
  // Nothing is hashed because time has passed.
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  try {
    const kernel = new Kernel(createMemory(1))
    using thread = new HashThread(kernel.memory, () => {})
    while (!thread.isOnline) await new Promise((resolve) => setImmediate(resolve))
    using posted = vi.spyOn(Worker.prototype, 'postMessage')
    const chains = [thread.nextChain(), thread.nextChain(), thread.nextChain()]
    const begin = (chain: number) =>
      thread.hash({ start: CHAIN_START, chain, length: BLOCK_SIZE }, BYTES, false)
    const hashes = chains.map(begin)
    expect(posted).toHaveBeenCalledTimes(1)
    for (const hash of hashes) expect(Buffer.from(await hash).toString('hex')).toBe(MD5)

    const [one = 0, ...others] = chains
    const next = begin(one)
    for (const chain of others) thread.forget(chain)
    expect(Buffer.from(await next).toString('hex')).toBe(MD5)
    const last = begin(one)
    expect(Buffer.from(await last).toString('hex')).toBe(MD5)
  } finally {
    vi.useRealTimers()
  }
})

it('a chain lets its pieces be sent with those of others', async () => {
  const hurries: boolean[] = []
  const thread = {
    nextChain: () => 1,
    forget: () => {},
    hash: async (_job: object, _bytes: Uint8Array, hurry: boolean) => {
      hurries.push(hurry)
      return CHAIN_START
    },
  } as unknown as HashThread
  using chain = new HashedChain(
    CHAIN_START,
    () => CHAIN_START,
    () => thread,
  )
  await chain.absorb(BYTES)
  expect(hurries).toEqual([false])
})
