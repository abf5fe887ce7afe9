import fs from 'node:fs'
import { parsePath } from '@ftp/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { flipBit, MIB, md5Of, randomBytes } from '../../../../test/support/files.ts'
import { copy } from './copy.ts'
import { accountOf, ShareFixture } from './fixture.contract.ts'
import { HashedUpload } from './hashed-upload.ts'
import type { Share } from './share.ts'
import { beginUpload } from './store.ts'

const never = new AbortController().signal
const BYTES = randomBytes(3 * MIB + 5, 3)

let fixture: ShareFixture
beforeEach(() => {
  fixture = new ShareFixture()
})
afterEach(() => {
  fixture[Symbol.dispose]()
})
const at = (name: string): string => `${fixture.root}/${name}`

async function store(name: string, bytes: Buffer, share = fixture.share()): Promise<void> {
  const options = { ifExists: 'replace', mtime: 1_600_000_000_123_456, mode: 0o640 } as const
  const begun = await beginUpload(share, parsePath(name), options)
  if (!(begun instanceof HashedUpload)) throw new Error('not begun')
  await using upload = begun
  await upload.append(
    (async function* () {
      yield bytes
    })(),
  )
  await upload.commit()
}

async function copied(share: Share, from: string, to: string, signal = never): Promise<unknown> {
  const paths = { from: parsePath(from), to: parsePath(to) }
  return await copy(share, { ...paths, ifExists: 'fail', isRecursive: true, signal })
}

/** The MD5 that is stored with a file. */
function md5At(name: string): string {
  const { digests, storage } = fixture.share()
  return Buffer.from(digests.find(storage.stat(parsePath(name)).version)?.md5 ?? []).toString('hex')
}

describe('a copy', () => {
  it('is one of the version that the client knows', async () => {
    await store('a', BYTES)
    const { version } = fixture.share().storage.stat(parsePath('a'))
    await store('a', Buffer.from('new'))
    const paths = { from: parsePath('a'), to: parsePath('b') }
    const options = {
      ...paths,
      ifExists: 'fail',
      ifVersion: version,
      isRecursive: true,
      signal: never,
    } as const
    await expect(copy(fixture.share(), options)).rejects.toMatchObject({ code: 'changed' })
    expect(fs.existsSync(at('b'))).toBe(false)
  })

  it('has the bytes, the time, the permission bits and the digest of its source', async () => {
    await store('a', BYTES)
    fixture.events.length = 0
    expect(await copied(fixture.share(), 'a', 'b')).toEqual({
      name: 'b',
      files: 1,
      bytes: BYTES.length,
      leftOut: 0,
    })
    expect(fs.readFileSync(at('b')).equals(BYTES)).toBe(true)
    const [{ version: _one, entry: source }, { version: _other, entry }] = ['a', 'b'].map((name) =>
      fixture.share().storage.stat(parsePath(name)),
    ) as [ReturnType<Share['storage']['stat']>, ReturnType<Share['storage']['stat']>]
    expect(entry).toEqual({ ...source, name: 'b' })
    expect(md5At('b')).toBe(md5Of(BYTES))
    expect(fixture.events).toMatchObject([
      { action: 'copy', path: 'a', target: 'b', outcome: 'ok', size: BYTES.length },
    ])
  })

  it.each([0, 5, MIB, BYTES.length])(
    'of %i bytes that another program has written has a digest all the same',
    async (size) => {
      fs.writeFileSync(at('a'), BYTES.subarray(0, size))
      await copied(fixture.share(), 'a', 'b')
      expect(fs.readFileSync(at('b')).equals(BYTES.subarray(0, size))).toBe(true)
      expect(md5At('b')).toBe(md5Of(BYTES.subarray(0, size)))
    },
  )

  it('of a damaged file is refused, and leaves nothing', async () => {
    await store('a', BYTES)
    const share = fixture.share()
    const digest = share.digests.find(share.storage.stat(parsePath('a')).version)
    flipBit(at('a'), 2 * MIB)
    if (digest !== undefined) share.digests.save(share.storage.stat(parsePath('a')).version, digest)
    await expect(copied(share, 'a', 'b')).rejects.toMatchObject({ code: 'checksum' })
    expect(fs.readdirSync(fixture.root)).toEqual(['a'])
    expect(fixture.events.at(-1)).toMatchObject({ action: 'copy', outcome: 'checksum' })
  })

  it('counts towards the quota, exactly', async () => {
    const quota = { bytes: 2 * BYTES.length + 100, files: undefined }
    const share = fixture.share(accountOf('anna', { quota }))
    await store('a', BYTES, share)
    await copied(share, 'a', 'b')
    expect(share.quotas.usage('')).toEqual({ bytes: 2 * BYTES.length, files: 2 })
    await expect(copied(share, 'a', 'c')).rejects.toMatchObject({ code: 'quota' })
    expect(share.quotas.usage('')).toEqual({ bytes: 2 * BYTES.length, files: 2 })
    expect(fs.readdirSync(fixture.root).sort()).toEqual(['a', 'b'])
  })

  it('of a tree that is cancelled keeps the files that are complete', async () => {
    fs.mkdirSync(at('d'))
    for (const name of ['1', '2', '3']) fs.writeFileSync(at(`d/${name}`), BYTES)
    const stop = new AbortController()
    let bytes = 0
    await expect(
      copy(fixture.share(), {
        ...{ from: parsePath('d'), to: parsePath('e'), ifExists: 'fail', isRecursive: true },
        signal: stop.signal,
        onProgress: (done) => {
          bytes = done
          if (done > BYTES.length) stop.abort(new Error('enough'))
        },
      }),
    ).rejects.toThrow('enough')
    expect(bytes).toBeLessThanOrEqual(2 * BYTES.length)
    const names = fs.readdirSync(at('e'))
    expect(names).toHaveLength(1)
    expect(fs.readFileSync(at(`e/${names[0]}`)).equals(BYTES)).toBe(true)
  })

  it('keeps its source, whoever replaces it meanwhile', async () => {
    await store('a', BYTES)
    const copying = copied(fixture.share(), 'a', 'b')
    await store('a', randomBytes(MIB, 8))
    await copying
    const bytes = fs.readFileSync(at('b'))
    expect([md5Of(BYTES), md5Of(randomBytes(MIB, 8))]).toContain(md5Of(bytes))
    expect(md5At('b')).toBe(md5Of(bytes))
  })
})
