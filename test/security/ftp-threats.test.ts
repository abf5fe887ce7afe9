import fs from 'node:fs'
import path from 'node:path'
import { STATE_NAME } from '@ftp/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAccount } from '../support/accounts.ts'
import { treeOf } from '../support/files.ts'
import { FtpClient } from '../support/ftp-client.ts'
import { ServedFolder } from '../support/served-folder.ts'
import { FTP_THREATS, notLoggedIn } from './ftp-threats.ts'

/*
 * Each bad command of FTP, before a login and after one. It is refused as it should be, the connection stays usable unless
 * it is closed, and nothing is changed.
 */
let folder: ServedFolder
beforeAll(async () => {
  folder = await ServedFolder.start({
    plaintext: false,
    anonymous: 'none',
    ftp: true,
    ftpPort: 0,
  })
  await addAccount(folder.root, 'anna')
  folder.write('file', 'file')
  folder.write('folder/file', 'in a folder')
})
afterAll(async () => {
  expect(folder.faults).toEqual([])
  await folder[Symbol.asyncDispose]()
})

const STATES = [
  {
    name: 'before the login',
    enter: async (): Promise<FtpClient> => {
      const client = await FtpClient.connect(folder.server.ftpPort)
      await client.secure()
      await client.protect()
      return client
    },
    isIn: false,
  },
  { name: 'after the login', enter: () => FtpClient.enter(folder.server.ftpPort), isIn: true },
]

/** What must not change: everything that is stored, except what the server writes for itself. */
function stored(): Record<string, string> {
  const files = Object.entries(treeOf(folder.root)).filter(([name]) => !name.startsWith(STATE_NAME))
  return Object.fromEntries(files)
}

describe.each(STATES)('$name', ({ enter, isIn }) => {
  it.each(Object.entries(Object.groupBy(FTP_THREATS, ({ threat }) => threat)))(
    '%s',
    async (_, threats = []) => {
      const before = stored()
      const wrong: string[] = []
      using clients = new DisposableStack()
      let client = clients.use(await enter())
      for (const one of threats) {
        const { bytes, codes } = one
        const expected = isIn ? codes : (one.before ?? notLoggedIn(one))
        client.send(bytes)
        const got: number[] = []
        for (const _ of expected) got.push((await client.reply()).code)
        const isClosed = got.at(-1) === 0
        // Whatever was refused, the next command is answered: the replies are in step with the commands.
        if (!isClosed && (await client.command('SYST')).code !== 215) got.push(Number.NaN)
        // A client that has made a mistake may make only few more.
        if (isClosed || expected.some((code) => code !== 530 && !isIn)) client = clients.use(await enter())
        const isRight = expected.every((code, i) =>
          Number.isNaN(code) ? (got[i] ?? 0) >= 400 : got[i] === code,
        )
        if (!isRight || got.length !== expected.length)
          wrong.push(`${got}, not ${expected}, to ${JSON.stringify(String(bytes).slice(0, 80))}`)
      }
      expect(wrong).toEqual([])
      expect(stored()).toEqual(before)
      expect(fs.readdirSync(path.join(folder.root, 'folder'))).toEqual(['file'])
    },
  )
})
