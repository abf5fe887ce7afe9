import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { DescriptorBudget } from './descriptor-budget.ts'

it('Descriptors are given in the order of asking, and a request for many is not passed over', async () => {
  const budget = new DescriptorBudget(4)
  const order: string[] = []
  const take = async (name: string, count: number): Promise<Disposable> => {
    const held = await budget.take(count)
    order.push(name)
    return held
  }
  const first = await take('first', 3)
  const many = take('many', 4)
  const one = take('one', 1)
  await setImmediate()
  expect(order).toEqual(['first'])
  first[Symbol.dispose]()
  const held = await many
  await setImmediate()
  expect(order).toEqual(['first', 'many'])
  held[Symbol.dispose]()
  held[Symbol.dispose]()
  using _one = await one
  using _three = await take('three', 3)
  const more = take('more', 1)
  await setImmediate()
  expect(order).toEqual(['first', 'many', 'one', 'three'])
  _three[Symbol.dispose]()
  using _more = await more
})

it('More than there are in all is refused', async () => {
  await expect(new DescriptorBudget(4).take(5)).rejects.toThrow(RangeError)
})
