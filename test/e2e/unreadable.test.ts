import fs from 'node:fs'
import { parsePath, STATE_NAME } from '@ftp/protocol'
import { expect, it } from 'vitest'
import { addAccount, PASSWORD } from '../support/accounts.ts'
import { until } from '../support/deadline.ts'
import { AS_ANYBODY } from '../support/program.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServerProcess } from '../support/server-process.ts'
import { TempDir } from '../support/temp-dir.ts'
import { mput } from '../support/together.ts'

it('a folder that the server may not read keeps nothing else from being stored, counted or tidied up', async () => {
  using folder = new TempDir()
  const root = folder.folder('root')
  const quota = { bytes: 1_000_000, files: undefined }
  folder.folder('root', STATE_NAME)
  fs.chmodSync(folder.at('root', STATE_NAME), 0o700)
  await addAccount(root, 'anna', { home: parsePath('anna'), quota })
  const locked = folder.folder('root', 'anna', 'lost+found')
  fs.writeFileSync(folder.at('root', 'anna', 'old'), 'hello')
  const partials = ['a', 'm', 'z'].map((name) => {
    folder.folder('root', name)
    const file = folder.at('root', name, `.ftp-part-${'0'.repeat(32)}`)
    fs.writeFileSync(file, 'half')
    return file
  })
  fs.chmodSync(locked, 0o000)
  await using server = await ServerProcess.start({ root, under: AS_ANYBODY, args: ['--partial-days', '0'] })
  await until('the old partials are gone', () => !partials.some((file) => fs.existsSync(file)))
  await using client = await RawClient.loginAs({ host: '127.0.0.1', port: server.port }, 'anna', PASSWORD)
  expect(await mput(client, [{ path: 'new', bytes: Buffer.from('new') }])).toMatchObject([{ type: 'stored' }])
  expect(await client.ask({ type: 'usage', path: '' }, 'usage')).toMatchObject({
    ...{ files: 2, bytes: 8, directories: 1, unreadable: ['lost+found'] },
    quota: { bytes: { limit: 1_000_000, used: 8 } },
  })
  fs.chmodSync(locked, 0o700)
})
