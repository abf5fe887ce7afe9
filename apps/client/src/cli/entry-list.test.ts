import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { showEntries } from './entry-list.ts'

const ENTRIES = ['a', 'b'].map((name) => ({ name, type: 'file', size: 1, mtime: 0, mode: 0o644 }) as const)

it('shows no more while nobody reads', async () => {
  const stdout = new PassThrough({ highWaterMark: 1 })
  const { signal } = new AbortController()
  let isShown = false
  const shown = showEntries({ options: { json: true }, stdout, signal }, ENTRIES).then(() => {
    isShown = true
    stdout.end()
  })
  await setImmediate()
  expect(isShown).toBe(false)
  const lines = await text(stdout)
  await shown
  expect(
    lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).name),
  ).toEqual(['a', 'b'])
})
