import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { entry, entryNames, selectedNames } from '../support/entry-list.ts'
import { PHONE } from '../support/web-page.ts'
import { WebSite } from '../support/web-site.ts'

/** What a finger does, in Chromium as a phone. */
let site: WebSite
beforeAll(async () => {
  site = await WebSite.open()
  for (const name of ['folder/a', 'folder/b', 'folder/inner/x']) site.served.write(name, '')
})
afterAll(() => site[Symbol.asyncDispose]())

async function open(): Promise<Page> {
  const page = await site.visit('#/folder', PHONE)
  await page.getByRole('option').first().waitFor()
  return page
}

/** Rests with a finger on an entry until it is selected. */
async function longPress(page: Page, target: Locator): Promise<void> {
  const { x, y } = (await target.boundingBox()) ?? { x: 0, y: 0 }
  const finger = await page.context().newCDPSession(page)
  const touchPoints = [{ x: x + 60, y: y + 20 }]
  await finger.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints })
  await expect.poll(() => selectedNames(page)).not.toEqual([])
  await finger.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
}

it('opens what is tapped', async () => {
  const page = await open()
  await entry(page, 'inner').tap()
  await expect.poll(() => entryNames(page)).toEqual(['x'])
})

it('selects with a long press, and then adds what is tapped', async () => {
  const page = await open()
  await longPress(page, entry(page, 'a'))
  expect(await selectedNames(page)).toEqual(['a'])
  await entry(page, 'b').tap()
  expect(await selectedNames(page)).toEqual(['a', 'b'])
  await entry(page, 'a').tap()
  await entry(page, 'b').tap()
  expect(await selectedNames(page)).toEqual([])
})

it('has its commands at the bottom, large enough for a thumb, and nothing beside the screen', async () => {
  const page = await open()
  await longPress(page, entry(page, 'a'))
  const buttons = await page.getByRole('toolbar', { name: 'Commands' }).getByRole('button').all()
  expect(buttons.length).toBeGreaterThan(5)
  for (const button of buttons) {
    const box = await button.boundingBox()
    expect(box?.y).toBeGreaterThan(640)
    expect(box?.height).toBeGreaterThanOrEqual(44)
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(360)
  }
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
})
