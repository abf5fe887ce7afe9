import { expect, it } from 'vitest'
import { eachOf } from './each-of.ts'

it('does everything, four at a time, whatever fails', async () => {
  const done: number[] = []
  let running = 0
  let most = 0
  const failures = await eachOf([1, 2, 3, 4, 5, 6, 7, 8, 9], async (item) => {
    most = Math.max(most, ++running)
    await Promise.resolve()
    running--
    if (item % 3 === 0) throw new Error(String(item))
    done.push(item)
  })
  expect(done.sort()).toEqual([1, 2, 4, 5, 7, 8])
  expect(failures).toHaveLength(3)
  expect(most).toBe(4)
})
