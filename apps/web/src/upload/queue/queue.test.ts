import { describe, expect, it } from 'vitest'
import { PartSize } from '../transfer/part-size.ts'
import { backoff, pause } from './backoff.ts'
import { copyName } from './free-name.ts'
import { Speed } from './speed.ts'

describe('the name of a copy', () => {
  it.each([
    ['photo.jpg', 'photo (2).jpg'],
    ['archive.tar.gz', 'archive.tar (2).gz'],
    ['README', 'README (2)'],
    ['.bashrc', '.bashrc (2)'],
  ])('of %s is %s', (name, copy) => {
    expect(copyName(name, 2)).toBe(copy)
  })
})

describe('the wait before another attempt', () => {
  it('becomes longer, up to ten seconds', () => {
    expect([0, 1, 2, 3, 20].map((failures) => backoff(failures, () => 1))).toEqual([
      500, 1_000, 2_000, 4_000, 10_000,
    ])
    expect(backoff(20, () => 0)).toBe(5_000)
  })

  it('ends when somebody wakes it', async () => {
    const waker = new AbortController()
    const paused = pause(1_000_000, waker.signal)
    waker.abort()
    await paused
    await pause(1_000_000, waker.signal)
  })
})

describe('the speed', () => {
  it('is that of the last seconds', () => {
    const speed = new Speed()
    expect(speed.at(0)).toBeUndefined()
    for (let second = 0; second <= 4; second++) speed.count(1_000, second * 1_000)
    expect(speed.at(4_000)).toBe(1_000)
    expect(speed.at(20_000)).toBeUndefined()
  })
})

describe('the size of a part', () => {
  it('grows while parts are quick, and shrinks at once when they are slow', () => {
    const size = new PartSize()
    expect(size.blocks).toBe(1)
    for (let i = 0; i < 10; i++) size.took(10, size.blocks)
    expect(size.blocks).toBe(64)
    size.took(8_000, 64)
    expect(size.blocks).toBe(8)
    size.took(60_000, 8)
    expect(size.blocks).toBe(1)
  })
})
