import { LIMITS, parsePath, TransferError } from '@ftp/protocol'
import { expect, it } from 'vitest'
import { Exchange } from '../../connection/exchange.ts'
import { Follow } from './follow.ts'
import type { Sink } from './sink.ts'

const SILENT = { phase: () => {}, size: () => {}, moved: () => {}, resumed: () => {} }

/** What another program has shortened since its size was asked for. */
const SHORTENED: Sink = {
  size: 5,
  isFinal: false,
  window: LIMITS.windowMax,
  read: async () => 0,
  write: async () => {},
  passed: async () => {},
  truncate: async () => {},
  requireSpace: () => {},
}

it('asks from where the held bytes end, even if there are fewer than there were', async () => {
  const asked: object[] = []
  const request = (message: object): Exchange => {
    asked.push(message)
    const exchange = new Exchange(async () => {})
    exchange.fail(new TransferError('lost', 'the connection broke'))
    return exchange
  }
  const follow = new Follow(parsePath('log'), SHORTENED, SILENT)
  await expect(follow.receive({ request } as never)).rejects.toMatchObject({ code: 'lost' })
  expect(asked).toEqual([{ type: 'follow', path: 'log' }])
})
