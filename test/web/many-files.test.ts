import fs from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { longestScript } from '../support/long-tasks.ts'
import { TempDir } from '../support/temp-dir.ts'
import { WebSite } from '../support/web-site.ts'
import { chooseFiles, dropFiles } from '../support/web-uploads.ts'

/** Many small files that are uploaded at once, in Chromium. */
const COUNT = 3_000
/** The most time of the processor that one script may take, in milliseconds: until it ends, the page does not answer. */
const MOST_MS = 100

let site: WebSite
let local: TempDir
let files: readonly string[]
beforeAll(async () => {
  site = await WebSite.open()
  local = new TempDir()
  fs.mkdirSync(local.at('many'))
  files = Array.from({ length: COUNT }, (_, i) => local.at(`many/file ${i}.txt`))
  for (const file of files) fs.writeFileSync(file, file)
})
afterAll(async () => {
  await site[Symbol.asyncDispose]()
  local[Symbol.dispose]()
})

it.each([
  ['dropped one by one', (page) => dropFiles(page, ...files)],
  ['dropped as a folder', (page) => dropFiles(page, local.at('many'))],
  ['chosen', (page) => chooseFiles(page, ...files)],
] satisfies [string, (page: Page) => Promise<void>][])(
  'the page answers all the while if they are %s',
  async (how, give) => {
    fs.mkdirSync(site.served.at(how))
    const page = await site.visit(`#/${how}`)
    await page.getByRole('button', { name: 'Upload', exact: true }).waitFor()
    const longest = await longestScript(site.browser, page, async () => {
      await give(page)
      await page.getByText(new RegExp(`^Uploading ${COUNT} files, [1-9]\\d* done$`)).waitFor()
      await page.getByRole('button', { name: 'Cancel all' }).click()
      await page.locator('.tray').waitFor({ state: 'detached' })
    })
    expect(longest).toBeLessThan(MOST_MS)
  },
)
