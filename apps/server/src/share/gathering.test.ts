import { Hasher } from '@ftp/md5'
import { expect, it } from 'vitest'
import { Gathering } from './gathering.ts'

it('tells the end of what it has taken until that has been written', async () => {
  using hasher = new Hasher(2)
  const written = Promise.withResolvers<void>()
  using gathering = new Gathering({
    blocks: hasher.blocks,
    async write(block) {
      using _block = block
      await written.promise
    },
    headOf: () => new Uint8Array(0),
    length: () => undefined,
  })
  await gathering.put(new Uint8Array(100), 1_000, new AbortController().signal)
  expect(gathering.end).toBe(1_100)
  const flushing = gathering.flush()
  expect(gathering.end).toBe(1_100)
  written.resolve()
  await flushing
  expect(gathering.end).toBe(0)
})
