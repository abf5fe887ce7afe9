import { expect, it } from 'vitest'
import { Exchange, type Part } from './exchange.ts'

it('P-9.3: repeats its last ack as a sign of life, and nothing before there is one', async () => {
  const sent: Part[] = []
  const exchange = new Exchange(async (part) => void sent.push(part))
  exchange.sayAlive()
  expect(sent).toEqual([])
  await exchange.send({ type: 'ack', offset: 1_048_576 })
  exchange.sayAlive()
  expect(sent).toEqual([
    { type: 'ack', offset: 1_048_576 },
    { type: 'ack', offset: 1_048_576 },
  ])
})
