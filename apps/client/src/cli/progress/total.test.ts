import { expect, it } from 'vitest'
import { Total } from './total.ts'

function endOne(total: Total, bytes: number): void {
  total.moved(bytes)
  total.ended(0)
}

it('tells a time that does not jump where many small files come before few large ones', () => {
  const total = new Total()
  const [small, large] = [4_096, 100_000_000]
  for (let file = 0; file < 10_000; file++) total.found(small)
  for (let file = 0; file < 5; file++) total.found(large)
  total.foundAll()
  // 1,500 small files, or 100 MB, a second: less than 12 seconds in all.
  const left: number[] = []
  const look = (second: number): void => {
    const { work } = total.state(second * 1_000)
    if (work?.size !== undefined && work.bytesPerSecond > 0)
      left.push((work.size - work.position) / work.bytesPerSecond + second)
  }
  for (let second = 0; second < 12; second += 0.1) {
    if (second < 6.7) for (let file = 0; file < 150; file++) endOne(total, small)
    else total.moved(large / 10)
    look(second)
  }
  expect(Math.min(...left)).toBeGreaterThan(8)
  expect(Math.max(...left)).toBeLessThan(16)
})

it('knows nothing of the end while files are found, and ends at all of it whatever was left out', () => {
  const total = new Total()
  total.found(100)
  total.found(50)
  expect(total.state(0)).toMatchObject({ name: 'total 0 of 2…', size: undefined })
  total.foundAll()
  total.moved(100)
  total.ended(0)
  total.ended(50)
  const { name, position, size, work } = total.state(1)
  expect([name, position, size]).toEqual(['total 2 of 2', 100, 100])
  expect(work?.position).toBe(work?.size)
})

it('says for how long the server is silent if nothing moves, and only then', () => {
  const total = new Total()
  total.found(100)
  total.found(100)
  const [one, two] = [total.file(100), total.file(100)]
  const standstillAt = (now: number): string | undefined => total.state(now).standstill
  one.moved(10)
  expect(standstillAt(1_000)).toBeUndefined()
  one.silent(4_000)
  two.moved(10)
  expect(standstillAt(5_000)).toBeUndefined()
  one.silent(8_000)
  two.silent(4_000)
  expect(standstillAt(9_000)).toBe('no answer for 4 s')
  two.moved(20)
  expect(standstillAt(9_100)).toBeUndefined()
})
