import fs from 'node:fs'
import { BLOCK_SIZE } from '@ftp/md5'
import { LIMITS } from '@ftp/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { content } from '../support/chain.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'
import { mget, type Told } from '../support/together.ts'

/** Many small files in one request: PROTOCOL.md, P-9.12 and P-9.13, against a real server. */
let folder: ServedFolder

beforeAll(async () => {
  folder = await ServedFolder.start()
})
afterAll(() => folder[Symbol.asyncDispose]())

/** Serves files of these sizes. @returns their paths, and what is in them */
function serve(name: string, sizes: readonly number[]): { paths: string[]; files: Uint8Array[] } {
  const files = sizes.map((size, index) => content(size, index))
  const paths = files.map((file, index) => {
    const path = `${name}/${index % 3}/${index}`
    folder.write(path, file)
    return path
  })
  return { paths, files }
}

function expectFiles(told: readonly Told[], files: readonly Uint8Array[]): void {
  expect(told.map(({ entry }) => entry?.size)).toEqual(files.map(({ length }) => length))
  for (const [index, { bytes }] of told.entries())
    expect(Buffer.compare(bytes ?? Buffer.alloc(0), files[index] ?? Buffer.alloc(0)), `${index}`).toBe(0)
}

/** What is said of a path in one word. */
function word({ code, bytes }: Told): string {
  return code ?? (bytes === undefined ? 'larger' : 'whole')
}

describe('mget', () => {
  it('P-9.12: as many files as may be come in one frame, in their order, each as stat tells of it', async () => {
    await using client = await RawClient.login(folder.server)
    const sizes = Array.from(
      { length: LIMITS.files },
      (_, index) => [0, 1, 63, 64, 65, 5_000][index % 6] ?? 0,
    )
    const { paths, files } = serve('one', sizes)
    for (const [index, path] of paths.entries()) {
      fs.chmodSync(folder.at(path), 0o600 + (index % 64))
      fs.utimesSync(folder.at(path), 1_700_000_000, 1_700_000_000 + index)
    }
    const asked = paths.toReversed()
    const { told, frames } = await mget(client, asked)
    expect(frames).toEqual([LIMITS.files])
    expectFiles(told, files.toReversed())
    for (const [index, path] of asked.entries()) {
      const { entry } = await client.ask({ type: 'stat', path }, 'entry')
      expect(told[index]?.entry).toEqual({ ...entry, md5: undefined })
    }
  })

  const KIB = 1024
  it.each([
    ['one of just a block', [BLOCK_SIZE], [1]],
    ['a block and nothing', [BLOCK_SIZE, 0, 0], [3]],
    ['a byte more than a block', [BLOCK_SIZE, 1], [1, 1]],
    ['halves', Array.from({ length: 5 }, () => BLOCK_SIZE / 2), [2, 2, 1]],
    ['a block in sixteen', Array.from({ length: 17 }, () => 64 * KIB), [16, 1]],
    ['around the sizes that are read in another way', [0, 1, -1, 0, 1].map((more) => 64 * KIB + more), [5]],
    ['the large ones last', [1, 0, BLOCK_SIZE - 1, BLOCK_SIZE], [3, 1]],
    ['nothing', [0, 0, 0], [3]],
  ])('P-9.12: no frame has more than a block: %s', async (name, sizes, expected) => {
    await using client = await RawClient.login(folder.server)
    const { paths, files } = serve(name, sizes)
    const { told, frames } = await mget(client, paths)
    expect(frames).toEqual(expected)
    expectFiles(told, files)
  })

  it('P-9.13: a file of more than a block is told of in its place, between others', async () => {
    await using client = await RawClient.login(folder.server)
    const sizes = [5, BLOCK_SIZE + 1, 6, 5 * BLOCK_SIZE, BLOCK_SIZE - 6, BLOCK_SIZE + 1, 0]
    const { paths, files } = serve('larger', sizes)
    const { told } = await mget(client, paths)
    expect(told.map(({ entry }) => entry?.size)).toEqual(sizes)
    for (const [index, { bytes }] of told.entries()) {
      const file = files[index]
      expect(bytes === undefined, `${index}`).toBe((file?.length ?? 0) > BLOCK_SIZE)
      if (bytes !== undefined && file !== undefined) expect(Buffer.compare(bytes, file), `${index}`).toBe(0)
    }
  })

  it('P-9.12: a path that is there twice is told of twice', async () => {
    await using client = await RawClient.login(folder.server)
    const file = content(BLOCK_SIZE / 2 - 1)
    folder.write('twice', file)
    const { told, frames } = await mget(client, ['twice', 'twice', 'gone', 'twice', 'gone'])
    expect(told.map(word)).toEqual(['whole', 'whole', 'not_found', 'whole', 'not_found'])
    expect(frames).toEqual([3, 2])
  })

  it('P-6.8: requests around it are answered in their turn', async () => {
    await using client = await RawClient.login(folder.server)
    const { paths } = serve('turn', [BLOCK_SIZE, BLOCK_SIZE, 5])
    const ids = [
      client.request({ type: 'mget', paths }),
      client.request({ type: 'get', path: paths[2] }),
      client.request({ type: 'mget', paths: ['missing'] }),
      client.request({ type: 'ping' }),
    ]
    const seen: (number | undefined)[] = []
    for (const type of ['files', 'files', 'files', 'file', 'files', 'done'] as const)
      seen.push((await client.take(type)).reply.id)
    expect(seen).toEqual([ids[0], ids[0], ids[0], ids[1], ids[2], ids[3]])
  })

  it('P-6.11: one that is cancelled in the middle ends there, one that waits never begins', async () => {
    await using client = await RawClient.login(folder.server)
    const { paths } = serve('cancelled', [BLOCK_SIZE])
    const all = Array.from({ length: LIMITS.files }, () => paths[0])
    const first = client.request({ type: 'mget', paths: all })
    const second = client.request({ type: 'mget', paths: all })
    await client.take('files')
    client.socket.pause()
    client.send({ id: second, type: 'cancel' })
    client.send({ id: first, type: 'cancel' })
    client.socket.resume()
    let frames = 1
    let received = await client.next()
    for (; received?.reply.type === 'files'; received = await client.next()) frames++
    expect(received?.reply).toMatchObject({ id: first, code: 'cancelled' })
    expect(frames).toBeLessThan(LIMITS.files)
    expect((await client.take('error')).reply).toMatchObject({ id: second, code: 'cancelled' })
    expect((await mget(client, ['missing'])).told.map(word)).toEqual(['not_found'])
  })

  it('P-2.4: a client that goes in the middle disturbs nobody', async () => {
    const { paths, files } = serve('left', [BLOCK_SIZE])
    for (let round = 0; round < 5; round++) {
      await using client = await RawClient.login(folder.server)
      client.request({ type: 'mget', paths: Array.from({ length: LIMITS.files }, () => paths[0]) })
      await client.take('files')
    }
    await using other = await RawClient.login(folder.server)
    expectFiles((await mget(other, paths)).told, files)
    expect(folder.faults).toEqual([])
  })

  it('P-9.12: files that change all the time come whole, or are errors in their places', async () => {
    await using client = await RawClient.login(folder.server)
    const sizes = [10, 4_000, 70_000, 150_000]
    const paths = Array.from({ length: 16 }, (_, index) => `changing-${index}`)
    for (const path of paths) folder.write(path, content(500))
    for (let round = 0; round < 40; round++) {
      const asked = mget(client, paths)
      for (const [index, path] of paths.entries()) {
        const size = sizes[(round + index) % sizes.length] ?? 0
        if (index % 2 === 0) folder.write(path, content(size, round))
        else fs.truncateSync(folder.at(path), size)
      }
      // That lengths and MD5s are those of the bytes is what mget() looks at.
      for (const one of (await asked).told) expect(['whole', 'changed']).toContain(word(one))
    }
  })
})

it('keeps no digest of a file that has just been written: it may still change within one tick of the clock', async () => {
  await using client = await RawClient.login(folder.server)
  folder.write('fresh', content(20_000))
  // From a clock that is ahead: it stays fresh, however long this takes.
  fs.utimesSync(folder.at('fresh'), Date.now() / 1_000 + 3_600, Date.now() / 1_000 + 3_600)
  await client.ask({ type: 'mget', paths: ['fresh'] }, 'files')
  const { entry } = await client.ask({ type: 'stat', path: 'fresh' }, 'entry')
  expect(entry).not.toHaveProperty('md5')
})
