import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { md5Of, writeRandom } from '../support/files.ts'
import type { Program, ProgramEvent } from '../support/program.ts'
import { Site } from '../support/site.ts'

it('put --watch stores what is in a folder and what comes into it, until Ctrl-C', async () => {
  await using site = await Site.open()
  const folder = path.join(site.home, 'drop')
  fs.mkdirSync(folder)
  fs.mkdirSync(path.join(site.root, 'in'))
  const one = writeRandom(path.join(folder, 'one.bin'), 2_000_000, 1)
  await using client = site.start(['put', '--watch', 'drop', '--to', 'in'])
  expect(await done(client, 1)).toMatchObject({ path: 'one.bin', to: 'in/one.bin', md5: md5Of(one) })
  fs.writeFileSync(path.join(folder, '.two.bin.tmp'), 'not yet')
  const two = writeRandom(path.join(folder, 'two.bin'), 3, 2)
  expect(await done(client, 2)).toMatchObject({ path: 'two.bin', bytes: 3, md5: md5Of(two) })
  const again = writeRandom(path.join(folder, 'one.bin'), 5, 3)
  expect(await done(client, 3)).toMatchObject({ path: 'one.bin', bytes: 5, md5: md5Of(again) })
  await client.kill('SIGINT')
  expect((await client.result()).code).toBe(0)
  expect(client.events.at(-1)).toMatchObject({ event: 'summary', command: 'put', done: 3, failed: 0 })
  expect(fs.readdirSync(path.join(site.root, 'in')).sort()).toEqual(['one.bin', 'two.bin'])
})

/** The nth file that was stored. */
async function done(client: Program, nth: number): Promise<ProgramEvent | undefined> {
  return await client.until(() => client.events.filter(({ event }) => event === 'done')[nth - 1])
}
