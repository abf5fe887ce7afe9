import fs from 'node:fs'
import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { parsePath } from '@ftp/protocol'
import { randomBytes } from '../../../../test/support/files.ts'
import { ShareFixture } from './fixture.contract.ts'
import { HashedUpload } from './hashed-upload.ts'
import { beginUpload, openUpload } from './store.ts'

/*
 * A server without doors, to be killed while it stores a file: begins an upload, or continues the one whose id
 * it is given. Prints an event for each step.
 */

const [folder = '', size = '0', seed = '0', id] = process.argv.slice(2)
const CHUNK = 65_536

// The clock of this process runs twenty times as fast, so that chains are recorded before the kill.
const now = performance.now.bind(performance)
performance.now = () => 20 * now()

const bytes = randomBytes(Number(size), Number(seed))
using fixture = new ShareFixture({
  folder: {
    at: (...names) => path.join(folder, ...names),
    folder: (...names) => {
      const made = path.join(folder, ...names)
      fs.mkdirSync(made, { recursive: true })
      return made
    },
  },
})
const share = fixture.share()
const begun =
  id === undefined
    ? await beginUpload(share, parsePath('f'), { ifExists: 'replace' })
    : await openUpload(share, id)
if (begun instanceof HashedUpload) {
  await using upload = begun
  print({ event: 'begun', id: upload.id, offset: upload.offset })
  await upload.append(rest(upload.offset))
  print({ event: 'committing' })
  await upload.commit()
}
print({ event: 'stored' })

async function* rest(offset: number): AsyncGenerator<Buffer> {
  for (let at = offset; at < bytes.length; at += CHUNK) {
    yield bytes.subarray(at, at + CHUNK)
    if ((at / CHUNK) % 4 === 0) {
      print({ event: 'at', at })
      await setImmediate()
    }
  }
}

/** Synchronous, so that nothing is lost when the process is killed. */
function print(event: object): void {
  fs.writeSync(1, `${JSON.stringify(event)}\n`)
}
