import fs from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findings, WITH_AXE } from '../support/axe.ts'
import { PHONE } from '../support/web-page.ts'
import { WebSite } from '../support/web-site.ts'

/** What axe, which knows the rules for pages that everybody can use, finds in each view. */
let site: WebSite
beforeAll(async () => {
  site = await WebSite.open()
  for (const name of ['a.txt', 'photo.jpg', '😀 שלום.txt', `${'n'.repeat(200)}.txt`])
    site.served.write(`folder/${name}`, 'text')
  site.served.write('empty/x', '')
  fs.rmSync(site.served.at('empty/x'))
})
afterAll(() => site[Symbol.asyncDispose]())

const views: readonly (readonly [name: string, hash: string, show: (page: Page) => Promise<unknown>])[] = [
  ['a list', '#/folder', (page) => page.getByRole('option').first().waitFor()],
  ['a selection', '#/folder', (page) => page.getByRole('option').first().click()],
  ['an empty folder', '#/empty', (page) => page.getByText('This folder is empty.').waitFor()],
  ['the grid', '#/folder', (page) => page.getByRole('button', { name: 'Show as a grid' }).click()],
  ['a text', '#/folder?view=a.txt', (page) => page.locator('pre').waitFor()],
  ['the shortcuts', '#/folder', (page) => page.keyboard.press('?')],
]

for (const scheme of ['light', 'dark'] as const)
  it.each(views)(`%s has no fault that axe knows, ${scheme}`, async (_, hash, show) => {
    for (const device of [{}, PHONE]) {
      const page = await site.visit(hash, { ...WITH_AXE, ...device, colorScheme: scheme })
      await page.getByRole('toolbar', { name: 'Commands' }).waitFor()
      await show(page)
      expect(await findings(page)).toEqual([])
      await page.context().close()
    }
  })
