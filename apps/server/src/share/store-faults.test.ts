import fs from 'node:fs'
import { type FileSystem, scratchFiles } from '@ftp/files'
import { parsePath, TransferError } from '@ftp/protocol'
import { describe, expect, it } from 'vitest'
import { MIB, md5Of, randomBytes } from '../../../../test/support/files.ts'
import { accountOf, ShareFixture } from './fixture.contract.ts'
import { HashedUpload } from './hashed-upload.ts'
import { beginUpload, openUpload } from './store.ts'
import { openForUpdate } from './update.ts'

/*
 * Each call on the disk fails once, wherever an upload is at that moment. Then the name shows the old file or the new one,
 * nothing is held any more, and a client that tries again gets its file stored.
 */

const PATH = parsePath('f')
const OLD = Buffer.from('old')
const BYTES = randomBytes(2 * MIB + 300, 1)
const QUOTA = { bytes: 16 * MIB, files: 5 }
const never = new AbortController().signal

/** A disk whose call with a given number fails. */
class FailingOnce {
  /** The number of calls so far. */
  calls = 0
  /** The number of the call that fails. */
  failing = Infinity
  readonly #errno: string

  constructor(errno: string) {
    this.#errno = errno
  }

  readonly files: FileSystem = {
    ...scratchFiles,
    open: (...given) => this.#call(() => scratchFiles.open(...given)),
    fstat: (...given) => this.#call(() => scratchFiles.fstat(...given)),
    lstat: (...given) => this.#call(() => scratchFiles.lstat(...given)),
    find: (...given) => this.#call(() => scratchFiles.find(...given)),
    statfs: (...given) => this.#call(() => scratchFiles.statfs(...given)),
    link: (...given) => this.#call(() => scratchFiles.link(...given)),
    rename: (...given) => this.#call(() => scratchFiles.rename(...given)),
    unlink: (...given) => this.#call(() => scratchFiles.unlink(...given)),
    fchmod: (...given) => this.#call(() => scratchFiles.fchmod(...given)),
    futimes: (...given) => this.#call(() => scratchFiles.futimes(...given)),
    readNow: (...given) => this.#call(() => scratchFiles.readNow(...given)),
    writeNow: (...given) => this.#call(() => scratchFiles.writeNow(...given)),
    read: async (...given) => await this.#call(() => scratchFiles.read(...given)),
    write: async (...given) => await this.#call(() => scratchFiles.write(...given)),
    ftruncate: async (...given) => await this.#call(() => scratchFiles.ftruncate(...given)),
    fsync: async (...given) => await this.#call(() => scratchFiles.fsync(...given)),
  }

  #call<T>(action: () => T): T {
    if (++this.calls === this.failing) throw Object.assign(new Error('fault'), { code: this.#errno })
    return action()
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

type Share = ReturnType<ShareFixture['share']>

/** In two attempts; the second one continues. */
async function store(share: Share): Promise<void> {
  let id: string
  {
    const begun = await beginUpload(share, PATH, { ifExists: 'replace' })
    if (!(begun instanceof HashedUpload)) throw new Error('not begun')
    await using upload = begun
    id = upload.id
    await upload.append(once(BYTES.subarray(0, MIB + 100)))
  }
  const again = await openUpload(share, id)
  if (!(again instanceof HashedUpload)) throw new Error('not begun')
  await using upload = again
  await upload.append(once(BYTES.subarray(upload.offset)))
  await upload.commit()
}

/** Out of order, and with the old bytes in between. */
async function update(share: Share): Promise<void> {
  await using file = await openForUpdate(share, PATH, { creation: 'allowed', isEmptied: false })
  await file.write(BYTES.subarray(MIB), MIB, never)
  await file.write(BYTES.subarray(0, MIB), 0, never)
  await file.truncate(BYTES.length, never)
  await file.commit()
}

describe.each([
  ['a file that is stored', 'EIO', store],
  ['a file that is open for update', 'ENOSPC', update],
] as const)('%s', (_, errno, action) => {
  it(`is old or new after any call has failed with ${errno}, and can be stored then`, async () => {
    const disk = new FailingOnce(errno)
    let ended = false
    for (let at = 1; !ended; at++) {
      using fixture = new ShareFixture({ fs: disk.files })
      const share = fixture.share(accountOf('anna', { quota: QUOTA }))
      fs.writeFileSync(`${fixture.root}/f`, OLD)
      // The count comes first, and is not what is tested.
      await share.countHome('')
      const { taken } = share.hasher.blocks
      disk.calls = 0
      disk.failing = at
      const failure = await action(share).then(
        () => undefined,
        (error: unknown) => TransferError.from(error).code,
      )
      ended = disk.calls < at
      disk.failing = Infinity
      expect(failure, `call ${at}`).not.toBe('internal')
      const content = fs.readFileSync(`${fixture.root}/f`)
      expect([md5Of(OLD), md5Of(BYTES)], `call ${at}`).toContain(md5Of(content))
      if (failure === undefined) expect(md5Of(content)).toBe(md5Of(BYTES))
      expect(share.hasher.blocks.taken, `call ${at}`).toBe(taken)
      for (const { key, directory } of share.uploads.of('anna', ''))
        expect(share.uploads.find({ key, directory })?.running, `call ${at}`).toBe(false)
      await store(share)
      expect(md5Of(fs.readFileSync(`${fixture.root}/f`))).toBe(md5Of(BYTES))
    }
    expect(disk.calls).toBeGreaterThan(20)
  })
})
