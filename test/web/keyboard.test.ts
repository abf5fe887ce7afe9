import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { entryNames, selectedNames } from '../support/entry-list.ts'
import { WebSite } from '../support/web-site.ts'

/** Everything with the keyboard alone, in Chromium: no test here uses a mouse. */
let site: WebSite
beforeAll(async () => {
  site = await WebSite.open()
})
afterAll(() => site[Symbol.asyncDispose]())

async function open(folder: string, files: readonly string[]): Promise<Page> {
  for (const name of files) site.served.write(`${folder}/${name}`, name)
  const page = await site.visit(`#/${folder}`)
  await page.getByRole('option').first().waitFor()
  return page
}

async function press(page: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key)
}

it('moves, selects and opens', async () => {
  const page = await open('walk', ['a', 'b', 'c', 'inner/x.txt'])
  await press(page, 'ArrowDown', 'ArrowDown', 'Shift+ArrowDown')
  expect(await selectedNames(page)).toEqual(['a', 'b'])
  await press(page, 'End')
  expect(await selectedNames(page)).toEqual(['c'])
  await press(page, 'Control+a')
  expect(await selectedNames(page)).toHaveLength(4)
  await press(page, 'Escape')
  expect(await selectedNames(page)).toEqual([])
  await press(page, 'Home', 'Enter')
  await expect.poll(() => entryNames(page)).toEqual(['x.txt'])
  await press(page, 'ArrowDown', 'Enter')
  await page.getByRole('dialog').getByText('walk/inner/x.txt').or(page.locator('pre')).first().waitFor()
  await press(page, 'Escape', 'Backspace')
  await expect.poll(() => entryNames(page)).toEqual(['inner', 'a', 'b', 'c'])
  // Back above, the folder that was open is where the user is.
  await press(page, 'ArrowDown')
  expect(await selectedNames(page)).toEqual(['a'])
})

it('filters with a slash, and goes on in the list with Enter', async () => {
  const page = await open('filter', ['one', 'two', 'three'])
  await press(page, '/')
  await page.keyboard.type('t')
  await expect.poll(() => entryNames(page)).toEqual(['three', 'two'])
  await press(page, 'Enter')
  expect(await selectedNames(page)).toEqual(['three'])
  await press(page, 'ArrowDown')
  expect(await selectedNames(page)).toEqual(['two'])
  await press(page, 'Escape')
  await expect.poll(() => entryNames(page)).toHaveLength(3)
})

it('goes to what begins with the letters that are typed', async () => {
  const page = await open('letters', ['Alps', 'bee', 'boo', 'my songs', 'my texts'])
  await page.clock.install({ time: 0 })
  await page.clock.pauseAt(1_000)
  await page.keyboard.type('b')
  expect(await selectedNames(page)).toEqual(['bee'])
  await page.keyboard.type('b')
  expect(await selectedNames(page)).toEqual(['boo'])
  await page.clock.runFor(2_000)
  await page.keyboard.type('My T')
  expect(await selectedNames(page)).toEqual(['my texts'])
})

it('renames with F2, of which the part before the extension is selected', async () => {
  const page = await open('f2', ['old.txt'])
  await press(page, 'ArrowDown', 'F2')
  await page.getByRole('dialog', { name: 'Rename' }).waitFor()
  await page.keyboard.type('new')
  await press(page, 'Enter')
  await expect.poll(() => entryNames(page)).toEqual(['new.txt'])
  await expect.poll(() => site.served.has('f2/new.txt')).toBe(true)
})

it('copies and moves by the clipboard', async () => {
  const page = await open('paste', ['a', 'b', 'inner/x'])
  await press(page, 'ArrowDown', 'ArrowDown', 'Control+c', 'Home', 'Enter')
  await expect.poll(() => entryNames(page)).toEqual(['x'])
  await press(page, 'Control+v')
  await expect.poll(() => entryNames(page)).toEqual(['a', 'x'])
  await press(page, 'Backspace')
  await expect.poll(() => entryNames(page)).toContain('b')
  await press(page, 'End', 'Control+x', 'Home', 'Enter')
  await expect.poll(() => entryNames(page)).toEqual(['a', 'x'])
  await press(page, 'Control+v')
  await expect.poll(() => entryNames(page)).toEqual(['a', 'b', 'x'])
  expect([site.served.has('paste/a'), site.served.has('paste/b')]).toEqual([true, false])
})

it('deletes, and undoes that with Tab and Enter', async () => {
  const page = await open('delete', ['a', 'b'])
  await press(page, 'ArrowDown', 'Delete')
  await expect.poll(() => entryNames(page)).toEqual(['b'])
  const undo = page.getByRole('button', { name: 'Undo' })
  for (let i = 0; i < 20 && !(await undo.evaluate((button) => button.matches(':focus'))); i++)
    await press(page, 'Tab')
  await press(page, 'Enter')
  await expect.poll(() => entryNames(page)).toEqual(['a', 'b'])
})

it('shows its shortcuts, and closes them', async () => {
  const page = await open('help', ['a'])
  await press(page, '?')
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
  await press(page, 'Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
})

it('reaches the account with Tab, and its menu with arrows', async () => {
  const page = await open('menu', ['a'])
  const account = page.getByRole('button', { name: 'Guest' })
  for (let i = 0; i < 20 && !(await account.evaluate((button) => button.matches(':focus'))); i++)
    await press(page, 'Tab')
  await press(page, 'Enter')
  await page.getByRole('menu').waitFor()
  await press(page, 'ArrowDown', 'Enter')
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
})
