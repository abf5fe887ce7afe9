import { Hasher } from '@ftp/md5'
import { parsePath, type Reply } from '@ftp/protocol'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Read } from '../../storage/storage.ts'
import type { Payload } from '../sending/payload.ts'
import { Exchange } from './exchange.ts'
import { mget } from './mget.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('P-6.10: a client hears each second that its files are being read', async () => {
  const replies: string[] = []
  const channel = {
    send: async ({ type }: Reply, payload?: Payload) => {
      replies.push(type)
      payload?.[Symbol.dispose]()
    },
  }
  const { promise, resolve } = Promise.withResolvers<readonly Read[]>()
  using hasher = new Hasher()
  const share = {
    account: { permissions: ['read'] },
    hasher,
    blocks: hasher.blocks,
    storage: { readAll: () => promise },
  }
  const answered = mget(new Exchange(3, channel as never), share as never, {
    id: 3,
    type: 'mget',
    paths: [parsePath('a')],
  })
  await vi.advanceTimersByTimeAsync(3_500)
  expect(replies).toEqual(['progress', 'progress', 'progress'])
  const entry = { name: 'a', type: 'file', size: 2 ** 30, mtime: 0, mode: 0 } as const
  resolve([{ entry, version: 'v', settled: true }])
  await answered
  expect(replies).toEqual(['progress', 'progress', 'progress', 'files'])
  expect(hasher.blocks.taken).toBe(0)
})
