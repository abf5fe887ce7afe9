import type { Entry } from '@ftp/protocol'
import { HOME } from '@ftp/protocol'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ShareFixture } from '../../../share/fixture.contract.ts'
import type { Share } from '../../../share/share.ts'
import { nameBytes } from '../wire/replies.ts'
import { Listing } from './listing.ts'

let fixture: ShareFixture
beforeEach(() => {
  fixture = new ShareFixture()
})
afterEach(() => {
  fixture[Symbol.dispose]()
})

it('S21: reads a directory of any size piece by piece, and leaves it when it is closed', async () => {
  let taken = 0
  let isLeft = false
  function* endless(): Generator<Entry> {
    try {
      for (;;)
        yield { name: `${taken++}`.padStart(200, 'n'), type: 'file', size: 1, mtime: 1_000_000, mode: 0o644 }
    } finally {
      isLeft = true
    }
  }
  const share = fixture.share()
  const storage = new Proxy(share.storage, {
    get: (target, key) => (key === 'list' ? endless : Reflect.get(target, key).bind(target)),
  })
  const listing = await Listing.open({ ...share, storage } satisfies Share, HOME)
  let names = 0
  for (let reply = 0; reply < 100; reply++) {
    const next = await listing.next()
    names += next.length
    expect(next.reduce((sum, name) => sum + nameBytes(name), 0)).toBeLessThanOrEqual(32_000)
    // Those for `.` and `..` are not in the directory.
    expect(taken).toBeLessThan(names + 128)
  }
  await listing[Symbol.asyncDispose]()
  expect(isLeft).toBe(true)
})
