import fs from 'node:fs'
import { BLOCK_SIZE } from '@ftp/md5'
import { encodeFrame, LIMITS } from '@ftp/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { content, md5Of } from '../support/chain.ts'
import { until } from '../support/deadline.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'
import { Corner, mput, mputOf, wordOf } from '../support/together.ts'

/** Many small files in one request: PROTOCOL.md, P-11.16 and P-11.17, against a real server. */
let folder: ServedFolder

beforeAll(async () => {
  folder = await ServedFolder.start()
})
afterAll(() => folder[Symbol.asyncDispose]())

const TIME = 1_700_000_000_123_456

describe('mput', () => {
  it.each([
    ['small ones', [0, 1, 63, 64, 65, 5_000]],
    ['around the size that is written in another way', [-1, 0, 1].map((more) => 64 * 1024 + more)],
    ['a whole block', [BLOCK_SIZE]],
    ['as many as may be', Array.from({ length: LIMITS.files }, () => BLOCK_SIZE / LIMITS.files)],
    ['nothing', [0, 0]],
  ])('P-11.16: every file is stored with its time and permission bits: %s', async (_, sizes) => {
    const corner = new Corner(folder)
    await using client = await RawClient.login(folder.server)
    const files = sizes.map((size, index) =>
      corner.file(`${index}`, size, { mtime: TIME + index, mode: 0o600 + index }),
    )
    expect(await mput(client, files)).toEqual(files.map(() => ({ type: 'stored' })))
    expect(corner.md5s).toEqual(corner.md5sOf(files))
    for (const [index, { path }] of files.entries()) {
      const { entry } = await client.ask({ type: 'stat', path }, 'entry')
      expect(entry).toMatchObject({
        mtime: TIME + index,
        mode: 0o600 + index,
        md5: md5Of(content(sizes[index] ?? 0, sizes[index])),
      })
    }
  })

  it('P-11.16: a payload of another length than its files is refused, and nothing is stored', async () => {
    const corner = new Corner(folder)
    await using client = await RawClient.login(folder.server)
    const [request, payload] = mputOf([corner.file('a', 5), corner.file('b', 7)])
    for (const other of [
      payload.subarray(1),
      Buffer.concat([payload, payload.subarray(0, 1)]),
      payload.subarray(12),
    ])
      expect(await client.ask(request, 'error', other)).toMatchObject({ code: 'bad_request' })
    const huge = mputOf([corner.file('a', 5, { length: 2 ** 53 - 1 }), corner.file('b', 7)])
    expect(await client.ask(huge[0], 'error', huge[1])).toMatchObject({ code: 'bad_request' })
    expect(corner.md5s).toEqual({})
  })

  it('P-11.16, P-11.17: one that cannot be stored is an error in its place, and the others are stored', async () => {
    const corner = new Corner(folder)
    await using client = await RawClient.login(folder.server)
    fs.mkdirSync(corner.path('directory'))
    fs.symlinkSync('directory', corner.path('link'))
    const bad: Readonly<Record<string, string>> = {
      ...{
        'no/where': 'not_found',
        directory: 'is_directory',
        '0/x': 'not_directory',
        'link/x': 'forbidden',
      },
      ...{
        '..': 'name',
        'a:b': 'name',
        con: 'name',
        '.ftp-server': 'name',
        'x/../y': 'name',
        'ends.': 'name',
      },
      ['x'.repeat(256)]: 'name',
      [`.ftp-part-${'0'.repeat(32)}`]: 'name',
    }
    folder.write(`${corner.name}/0`, 'taken')
    const wrong = corner.file('wrong', 9, { md5: md5Of(content(9, 1)) })
    const home = corner.file('home', 3, { path: '' })
    const files = [
      ...Object.keys(bad).flatMap((name, index) => [
        corner.file(`${index}`, index),
        corner.file(name, index),
      ]),
      ...[wrong, corner.file('last', 11), home],
    ]
    const codes = [
      ...Object.values(bad).flatMap((code) => ['stored', code]),
      'checksum',
      'stored',
      'is_directory',
    ]
    const outcomes = await mput(client, files)
    expect(outcomes.map(wordOf)).toEqual(codes)
    const stored = files.filter((_, index) => codes[index] === 'stored')
    fs.rmSync(corner.path('link'))
    fs.rmdirSync(corner.path('directory'))
    expect(corner.md5s).toEqual(corner.md5sOf(stored))
  })

  it('P-6.8, P-6.11: several at once are answered in their turn, and one that is cancelled while it waits stores nothing', async () => {
    const corner = new Corner(folder)
    await using client = await RawClient.login(folder.server)
    const rounds = Array.from({ length: 5 }, (_, round) =>
      Array.from({ length: LIMITS.files }, (_, index) => corner.file(`${round}-${index}`, 1_000 + round)),
    )
    const ids: number[] = []
    // In one write, so that all are there before the first is answered.
    client.socket.cork()
    for (const files of rounds) ids.push(client.request(...mputOf(files)))
    client.send({ id: ids[4], type: 'cancel' })
    client.socket.uncork()
    const seen: unknown[] = []
    for (const id of ids) {
      const { reply } = await client.take(id === ids[4] ? 'error' : 'outcomes')
      seen.push(reply.id)
    }
    expect(seen).toEqual(ids)
    expect(corner.md5s).toEqual(corner.md5sOf(rounds.slice(0, 4).flat()))
  })

  it('P-3.4: one that comes only in part stores nothing; all of one that has come is stored', async () => {
    const corner = new Corner(folder)
    const files = Array.from({ length: LIMITS.files }, (_, index) => corner.file(`${index}`, 1_000))
    const [request, payload] = mputOf(files)
    {
      await using client = await RawClient.login(folder.server)
      const frame = encodeFrame({ id: 3, ...request }, payload)
      client.write(frame.subarray(0, -1))
      // A connection that is served after it has come has seen it go.
      client.socket.end()
      await client.rest()
    }
    expect(corner.md5s).toEqual({})
    {
      await using client = await RawClient.login(folder.server)
      await new Promise<void>((resolve) => {
        client.socket.write(encodeFrame({ id: 3, ...request }, payload), () => resolve())
      })
    }
    const all = corner.md5sOf(files)
    await until(
      'all files',
      () => fs.readdirSync(corner.path()).sort().join() === Object.keys(all).sort().join(),
    )
    expect(corner.md5s).toEqual(all)
    expect(folder.faults).toEqual([])
  })
})
