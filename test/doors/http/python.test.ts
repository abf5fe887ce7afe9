import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ANNA, HttpSite } from '../../support/http-site.ts'

let site: HttpSite
beforeAll(async () => {
  site = await HttpSite.open({ names: 'any' })
})
afterAll(() => site[Symbol.asyncDispose]())

/** Files with names that not every system can store, and the names under which an archive has them. */
const ODD: readonly (readonly [stored: string, archived: string])[] = [
  ['plain.txt', 'plain.txt'],
  ['with space & ümläut €.txt', 'with space & ümläut €.txt'],
  ['emoji 🎉.txt', 'emoji 🎉.txt'],
  ['a:b*c?.txt', 'a_b_c_.txt'],
  ['CON', '_CON'],
  ['dot.', 'dot_'],
  ['back\\slash', 'back_slash'],
  ['deep/er/file', 'deep/er/file'],
  ['empty', 'empty'],
]

it("Python's http.client, zipfile and urllib find everything as it should be", async () => {
  for (const [stored] of ODD) site.served.write(`odd/${stored}`, stored === 'empty' ? '' : stored)
  const found = Object.fromEntries(
    ODD.map(([stored, archived]) => [archived, stored === 'empty' ? '' : stored]),
  )
  const script = path.join(import.meta.dirname, 'client.py')
  const args = [script, String(site.served.server.port), site.certificate, ANNA]
  const ended = await site.run('python3', args, { input: JSON.stringify(found) })
  expect(ended).toEqual({ code: 0, stdout: 'all right\n', stderr: '' })
  expect(site.served.faults).toEqual([])
})
