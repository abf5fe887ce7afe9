import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { IdleLimit } from './idle-limit.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('is exceeded once the last request was answered so long ago', () => {
  const onOver = vi.fn()
  let isAnswering = false
  using limit = new IdleLimit(100, () => isAnswering, onOver)
  vi.advanceTimersByTime(99)
  limit.touch()
  isAnswering = true
  vi.advanceTimersByTime(1_000)
  isAnswering = false
  limit.touch()
  vi.advanceTimersByTime(99)
  expect(onOver).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(onOver).toHaveBeenCalledOnce()
})
