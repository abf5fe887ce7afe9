import fs from 'node:fs'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { addAccount, PASSWORD } from '../support/accounts.ts'
import { ServerProcess } from '../support/server-process.ts'
import { TempDir } from '../support/temp-dir.ts'

/*
 * Passwords in clear, over several threads of a real server: how many keys it derives, and when. What could silently go
 * wrong: each thread derives for itself, and guesses keep all processors busy.
 */

let folder: TempDir
let server: ServerProcess
beforeAll(async () => {
  folder = new TempDir()
  const root = folder.folder('root')
  fs.mkdirSync(folder.at('root/.ftp-server'), { mode: 0o700 })
  for (const name of ['anna', 'otto']) await addAccount(root, name)
  fs.writeFileSync(folder.at('root/a'), 'a')
  // Writes a letter when a derivation begins, and another one when it ends, in every thread of the server.
  fs.writeFileSync(
    folder.at('observe.mjs'),
    `import crypto from 'node:crypto'
     import fs from 'node:fs'
     import { syncBuiltinESMExports } from 'node:module'
     const { pbkdf2 } = crypto
     const note = (letter) => fs.appendFileSync(${JSON.stringify(folder.at('derived'))}, letter)
     crypto.pbkdf2 = (...args) => {
       const done = args.pop()
       note('(')
       pbkdf2(...args, (...result) => {
         note(')')
         done(...result)
       })
     }
     syncBuiltinESMExports()`,
  )
  const args = ['--plaintext', '--threads', '2', '--anonymous', 'none']
  const env = { NODE_OPTIONS: `--import ${pathToFileURL(folder.at('observe.mjs')).href}` }
  server = await ServerProcess.start({ root, args, env })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})
beforeEach(() => fs.writeFileSync(folder.at('derived'), ''))

/** Asks for a file on a connection of its own. @returns the status */
async function get(user: string, password: string): Promise<number> {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  const headers = { authorization, connection: 'close' }
  const { status } = await fetch(`http://127.0.0.1:${server.port}/files/a`, { headers })
  return status
}

function derived(): string {
  return fs.readFileSync(folder.at('derived'), 'utf8')
}

it('derives one key at a time, whichever threads are asked, and whoever is meant', async () => {
  const users = ['anna', 'otto', 'ghost', 'anna', 'otto', 'nobody', 'anna', 'otto']
  const statuses = await Promise.all(users.map((user, index) => get(user, `guess ${index}`)))
  expect(statuses).toEqual(users.map(() => 401))
  expect(derived()).toBe('()'.repeat(users.length))
})

it('derives the key of a right password once, whichever threads are asked', async () => {
  for (let times = 0; times < 3; times++)
    expect(await Promise.all(Array.from({ length: 6 }, () => get('anna', PASSWORD)))).toEqual(
      Array.from({ length: 6 }, () => 200),
    )
  expect(derived()).toBe('()')
})
