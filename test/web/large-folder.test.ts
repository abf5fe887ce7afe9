import fs from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { longestTask } from '../support/long-tasks.ts'
import { WebSite } from '../support/web-site.ts'

/** A folder with as many entries as anybody has, in Chromium. */
const COUNT = 100_000
/** The most time of the processor that one task may take, in milliseconds: until it ends, the page does not answer. */
const MOST_MS = 100

let site: WebSite
beforeAll(async () => {
  site = await WebSite.open()
  fs.mkdirSync(site.served.at('large'))
  for (let i = 0; i < COUNT; i++) fs.writeFileSync(site.served.at(`large/file ${i}.txt`), '')
})
afterAll(() => site[Symbol.asyncDispose]())

/** Runs in the page, so that nothing is missed: opens the folder, and resolves when all entries are there. */
const OPENING = `new Promise((resolve) => {
  const list = document.getElementById('entries')
  let seen = 'nothing was shown before everything had come'
  new MutationObserver((_, observer) => {
    const first = list.querySelector('[role=option]')
    if (list.getAttribute('aria-busy') === 'true' && first?.textContent.startsWith('file'))
      seen = 'some entries were shown while others came'
    if (first?.getAttribute('aria-setsize') !== '${COUNT}') return
    observer.disconnect()
    resolve(seen)
  }).observe(list, { subtree: true, childList: true, attributes: true })
  location.hash = '#/large'
})`

/** Waits until the list has this many entries. */
async function has(page: Page, count: number): Promise<void> {
  await page.locator(`[role=option][aria-setsize="${count}"]`).first().waitFor()
}

it('shows the first of them while the others still come, at most 300 at a time, and answers all the while', async () => {
  const page = await site.visit('#/')
  await page.getByText('large').waitFor()
  const steps: Record<string, () => Promise<void>> = {
    opening: async () => {
      expect(await page.evaluate(OPENING)).toBe('some entries were shown while others came')
    },
    'going to the end': async () => {
      await page.keyboard.press('End')
      await page.getByRole('option', { name: /^file 99999\.txt/ }).waitFor()
    },
    'selecting everything': () => page.keyboard.press('Control+a'),
    'sorting by size': async () => {
      await page.getByRole('button', { name: 'Size' }).click()
      await page.getByRole('option', { name: /^file 99999\.txt/ }).waitFor()
    },
    filtering: async () => {
      await page.getByRole('searchbox').pressSequentially('9999')
      await has(page, 19)
    },
    'filtering no longer': async () => {
      await page.getByRole('searchbox').fill('')
      await has(page, COUNT)
    },
    scrolling: async () => {
      await page.mouse.move(400, 400)
      for (let i = 0; i < 20; i++) await page.mouse.wheel(0, 4_000)
    },
  }
  for (const [step, action] of Object.entries(steps)) {
    const longest = await longestTask(site.browser, page, action)
    expect.soft(longest, step).toBeLessThan(MOST_MS)
    expect(await page.getByRole('option').count()).toBeLessThanOrEqual(300)
  }
})
