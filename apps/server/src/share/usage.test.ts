import fs from 'node:fs'
import { HOME } from '@ftp/protocol'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ShareFixture } from './fixture.contract.ts'
import { usage } from './usage.ts'

/** More entries than are looked at before the caller may rest. */
const ENTRIES = 300

let fixture: ShareFixture
beforeEach(() => {
  fixture = new ShareFixture()
  for (let i = 0; i < ENTRIES; i++) fs.mkdirSync(`${fixture.root}/d${i}`)
})
afterEach(() => {
  fixture[Symbol.dispose]()
})

/** The directories that are open below the root, besides the root itself. */
function openDirectories(): string[] {
  const links = fs.readdirSync('/proc/self/fd').map((fd) => `/proc/self/fd/${fd}`)
  return links
    .flatMap((link) => (fs.existsSync(link) ? [fs.readlinkSync(link)] : []))
    .filter((one) => one === fixture.root)
}

it('a count that its caller gives up leaves no directory open', async () => {
  const before = openDirectories().length
  const givenUp = usage(fixture.share(), HOME, () => Promise.reject(new Error('given up')))
  await expect(givenUp).rejects.toThrow('given up')
  expect(openDirectories()).toHaveLength(before)
})
