import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { content, wholePut } from '../support/chain.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServerProcess } from '../support/server-process.ts'
import { TempDir } from '../support/temp-dir.ts'
import { mget, mput } from '../support/together.ts'

/* Another program, a backup say, holds the write lock of the state, of a server with one handler thread. */

let folder: TempDir
let server: ServerProcess
beforeEach(async () => {
  folder = new TempDir()
  server = await ServerProcess.start({ root: folder.folder('root') })
})
afterEach(async () => {
  await server[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

function login(): Promise<RawClient> {
  return RawClient.login({ host: '127.0.0.1', port: server.port })
}

describe('While somebody else writes to the state', () => {
  it('nobody waits who only reads, and whoever writes goes on afterwards', async () => {
    await using writer = await login()
    await mput(writer, [{ path: 'a', bytes: Buffer.from('there') }])
    const lock = new DatabaseSync(path.join(folder.at('root'), '.ftp-server/state.db'))
    lock.exec('BEGIN IMMEDIATE')
    const stored = mput(writer, [{ path: 'b', bytes: Buffer.from('late') }])
    await using streamer = await login()
    const bytes = content(100_000, 1)
    const id = streamer.request(wholePut('c', bytes), bytes)
    for (let times = 0; times < 20; times++) {
      await using reader = await login()
      expect((await reader.ask({ type: 'stat', path: 'a' }, 'entry')).entry.size).toBe(5)
      expect((await mget(reader, ['a'])).told).toMatchObject([{ entry: { size: 5 } }])
    }
    lock.exec('ROLLBACK')
    lock.close()
    expect(await stored).toMatchObject([{ type: 'stored' }])
    expect((await streamer.take('stored')).reply.id).toBe(id)
  })
})
