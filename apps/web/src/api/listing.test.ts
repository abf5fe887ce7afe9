import { afterEach, expect, it, vi } from 'vitest'
import { listFolder } from './listing.ts'

afterEach(() => vi.unstubAllGlobals())

/** Lists a folder whose listing arrives in these pieces. @returns the names in each batch */
async function namesOf(pieces: readonly string[]): Promise<string[][]> {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece))
      controller.close()
    },
  })
  vi.stubGlobal('fetch', async () => new Response(body))
  const batches: string[][] = []
  for await (const batch of listFolder(['a'], new AbortController().signal))
    batches.push(batch.map(({ name }) => name))
  return batches
}

const line = (name: string): string => JSON.stringify({ name, type: 'file', size: 1, mtime: 2_000 })

it('reads each line as soon as it is there, wherever the pieces end', async () => {
  const text = `{"path":"a","entries":[\n${line('x')},\n${line('{"name"')},\n${line('z')}\n]}\n`
  for (const at of [1, 30, 60, text.length - 3])
    expect((await namesOf([text.slice(0, at), text.slice(at)])).flat()).toEqual(['x', '{"name"', 'z'])
})

it('leaves out what is no entry', async () => {
  const text = `{"path":"","entries":[\n{"name":5},\n{"name":{"__html":"x"}},\n${line('a')}\n]}\n`
  expect((await namesOf([text])).flat()).toEqual(['a'])
})

it('of an empty folder has none', async () => {
  expect((await namesOf(['{"path":"a","entries":[\n]}\n'])).flat()).toEqual([])
})
