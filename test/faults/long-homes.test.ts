import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { parsePath } from '@ftp/protocol'
import { expect, it } from 'vitest'
import { addAccount, PASSWORD } from '../support/accounts.ts'
import { content, dataOf, md5Of } from '../support/chain.ts'
import { MIB } from '../support/files.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServerProcess } from '../support/server-process.ts'
import { TempDir } from '../support/temp-dir.ts'

/*
 * A path below a home may be as long and as deep as the protocol permits. Seen from the root, it is then longer and
 * deeper: the records of uploads, the counts of homes and the next start must cope with that.
 */

const FILE = content(3 * MIB)
const SMALL = content(5)
const LONG_NAME = 'd'.repeat(255)
const UPLOADS = { whole: 'a'.repeat(32), cut: 'b'.repeat(32), moved: 'c'.repeat(32) }

/** What each account has: 15 * 256 + 251 = 4091 bytes and a file name; 63 names and a file name. */
const FOLDERS = {
  long: { home: 'alice', folder: [...Array<string>(15).fill(LONG_NAME), 'd'.repeat(251)].join('/') },
  deep: { home: 'homes/alice', folder: Array<string>(63).fill('d').join('/') },
} as const

it.each(Object.entries(FOLDERS))(
  'a %s folder below a home takes uploads, cut-off ones too, and the server starts again after a kill',
  async (_, { home, folder }) => {
    using temp = new TempDir()
    const root = temp.folder('root')
    // The system takes no path as long as these, but rm goes down step by step.
    using _removed = { [Symbol.dispose]: () => void execFileSync('rm', ['-rf', root]) }
    let server = await ServerProcess.start({ root })
    await using _server = { [Symbol.asyncDispose]: async () => await server[Symbol.asyncDispose]() }
    await addAccount(root, 'alice', { home: parsePath(home), quota: { bytes: 100 * MIB, files: 100 } })
    const login = async (): Promise<RawClient> =>
      await RawClient.loginAs({ host: '127.0.0.1', port: server.port }, 'alice', PASSWORD)

    const used = async (client: RawClient): Promise<unknown> => {
      const { quota } = await client.ask({ type: 'usage', path: '' }, 'usage')
      return [quota?.bytes?.used, quota?.files?.used]
    }
    {
      await using client = await login()
      await client.ask({ type: 'mkdir', path: folder, parents: true }, 'done')
      const id = await begin(client, `${folder}/x`, UPLOADS.whole)
      for (const block of [1, 2]) sendBlock(client, id, block)
      await client.takePastAcks('stored')
      // If anything follows `stored`, it comes before this answer.
      await expect.poll(async () => await used(client)).toEqual([3 * MIB, 1])

      await begin(client, `${folder}/y`, UPLOADS.cut)
    }
    {
      await using client = await login()
      await expect.poll(async () => await used(client)).toEqual([4 * MIB, 2])
      const { uploads } = await client.ask({ type: 'uploads' }, 'uploads')
      expect(uploads).toMatchObject([{ path: `${folder}/y`, size: MIB, length: 3 * MIB }])

      await begin(client, `${folder}/z`, UPLOADS.moved)
      await server.kill()
    }
    server = await ServerProcess.start({ root })
    {
      await using client = await login()
      await expect.poll(async () => await used(client)).toEqual([5 * MIB, 3])
      const { uploads } = await client.ask({ type: 'uploads' }, 'uploads')
      for (const { path: file, key } of uploads)
        await client.ask({ type: 'discard', path: file, key }, 'done')
      expect(await used(client)).toEqual([3 * MIB, 1])
      const [first = ''] = folder.split('/')
      await client.ask({ type: 'remove', path: first, recursive: true }, 'done')
      await expect.poll(async () => await used(client)).toEqual([0, 0])
    }
  },
)

it('a folder with partials that is moved deeper than a path may be stops neither counts nor the next start', async () => {
  using temp = new TempDir()
  const root = temp.folder('root')
  let server = await ServerProcess.start({ root })
  await using _server = { [Symbol.asyncDispose]: async () => await server[Symbol.asyncDispose]() }
  await addAccount(root, 'alice', { home: parsePath('alice'), quota: { bytes: 100 * MIB, files: 100 } })
  const login = async (): Promise<RawClient> =>
    await RawClient.loginAs({ host: '127.0.0.1', port: server.port }, 'alice', PASSWORD)
  const [above, below] = [Array<string>(40).fill('a').join('/'), Array<string>(40).fill('b').join('/')]
  {
    await using client = await login()
    for (const path of [above, below]) await client.ask({ type: 'mkdir', path, parents: true }, 'done')
    const whole = { path: path.posix.join(below, 'whole'), length: 5, md5: md5Of(SMALL), ifExists: 'fail' }
    await client.ask({ type: 'put', ...whole }, 'stored', SMALL)
    await begin(client, path.posix.join(below, 'cut'), UPLOADS.cut)
  }
  {
    await using client = await login()
    await expect
      .poll(async () => (await client.ask({ type: 'uploads' }, 'uploads')).uploads[0])
      .not.toHaveProperty('running')
    await using running = await login()
    await begin(running, path.posix.join(below, 'running'), UPLOADS.moved)
    await client.ask({ type: 'move', path: 'b', to: `${above}/b`, ifExists: 'fail' }, 'done')
    await server.kill()
  }
  server = await ServerProcess.start({ root })
  await using client = await login()
  await expect
    .poll(async () => (await client.ask({ type: 'usage', path: '' }, 'usage')).quota)
    .toMatchObject({
      bytes: { used: 2 * MIB + SMALL.length },
      files: { used: 3 },
    })
})

/** Begins to send a file of three blocks, and has sent one. @returns the id of the put */
async function begin(client: RawClient, file: string, upload: string): Promise<number> {
  const id = client.request({ type: 'put', path: file, length: FILE.length, upload, ifExists: 'fail' })
  await client.take('ready')
  sendBlock(client, id, 0)
  await client.take('ack')
  return id
}

function sendBlock(client: RawClient, id: number, index: number): void {
  client.send({ id, type: 'data', ...dataOf(FILE, index) }, FILE.subarray(index * MIB, (index + 1) * MIB))
}
