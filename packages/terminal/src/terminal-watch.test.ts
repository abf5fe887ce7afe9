import { expect, it } from 'vitest'
import { watchTerminal } from './terminal-watch.ts'

it('a hangup means that the terminal is gone: always on Windows, elsewhere only if there was one', () => {
  const streams = [{ isTTY: false }]
  expect(watchTerminal(streams, 'win32')()).toBe(true)
  expect(watchTerminal(streams, 'linux')()).toBe(false)
})
