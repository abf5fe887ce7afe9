import { createHash } from 'node:crypto'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { entry, entryNames, selectedNames } from '../support/entry-list.ts'
import { WebSite } from '../support/web-site.ts'

/** Putting things in order, in Chromium, with a mouse. */
let site: WebSite
beforeAll(async () => {
  site = await WebSite.open()
})
afterAll(() => site[Symbol.asyncDispose]())

/** Opens a folder with these files. */
async function open(folder: string, files: readonly string[]): Promise<Page> {
  for (const name of files) site.served.write(`${folder}/${name}`, name)
  const page = await site.visit(`#/${folder}`)
  await page.getByRole('option').first().waitFor()
  return page
}

it('makes a folder, and selects it', async () => {
  const page = await open('new', ['a.txt'])
  await page.getByRole('button', { name: 'New folder' }).click()
  await page.getByLabel('Name').fill('Photos & more')
  await page.keyboard.press('Enter')
  await expect.poll(() => entryNames(page)).toEqual(['Photos & more', 'a.txt'])
  expect(await selectedNames(page)).toEqual(['Photos & more'])
  expect(site.served.has('new/Photos & more')).toBe(true)
})

it('renames, and says so if a name is taken', async () => {
  const page = await open('rename', ['a.txt', 'b.txt'])
  await entry(page, 'a.txt').click()
  await page.getByRole('button', { name: 'Rename' }).click()
  await page.getByLabel('New name').fill('b.txt')
  await page.keyboard.press('Enter')
  await page.getByText('The name is taken.').waitFor()
  await page.getByLabel('New name').fill('c.txt')
  await page.keyboard.press('Enter')
  await expect.poll(() => entryNames(page)).toEqual(['b.txt', 'c.txt'])
  expect(Buffer.from(site.served.read('rename/c.txt')).toString()).toBe('a.txt')
})

it('moves several into another folder, and copies one back', async () => {
  const page = await open('move', ['a', 'b', 'c', 'inner/x'])
  await entry(page, 'a').click()
  await entry(page, 'b').click({ modifiers: ['Control'] })
  await page.getByRole('button', { name: 'Move' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'inner' }).click()
  await page.getByRole('button', { name: 'Move here' }).click()
  await page.getByText('Moved 2 items to “inner”').waitFor()
  await expect.poll(() => entryNames(page)).toEqual(['inner', 'c'])
  await entry(page, 'inner').dblclick()
  await expect.poll(() => entryNames(page)).toEqual(['a', 'b', 'x'])
  await entry(page, 'x').click()
  await page.getByRole('button', { name: 'Copy' }).click()
  await page.getByRole('button', { name: 'Up' }).click()
  await page.getByRole('button', { name: 'Copy here' }).click()
  await expect.poll(() => site.served.has('move/x')).toBe(true)
  expect(site.served.has('move/inner/x')).toBe(true)
})

it('replaces a file on a move only after a question', async () => {
  const page = await open('taken', ['a', 'inner/a'])
  site.served.write('taken/a', 'new')
  await entry(page, 'a').dragTo(entry(page, 'inner'))
  await page.getByText('“a” already exists there').waitFor()
  expect(Buffer.from(site.served.read('taken/inner/a')).toString()).toBe('inner/a')
  await page.getByRole('button', { name: 'Replace' }).click()
  await expect.poll(() => Buffer.from(site.served.read('taken/inner/a')).toString()).toBe('new')
  await expect.poll(() => entryNames(page)).toEqual(['inner'])
})

it('deletes after five seconds unless somebody undoes it', async () => {
  const page = await open('delete', ['keep', 'a', 'b'])
  await entry(page, 'keep').click()
  await page.getByRole('button', { name: 'Delete' }).click()
  await expect.poll(() => entryNames(page)).toEqual(['a', 'b'])
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(() => entryNames(page)).toEqual(['a', 'b', 'keep'])
  await entry(page, 'a').click()
  await entry(page, 'b').click({ modifiers: ['Shift'] })
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByText('Deleted 2 items').waitFor()
  expect([site.served.has('delete/a'), site.served.has('delete/b')]).toEqual([true, true])
  await expect.poll(() => site.served.has('delete/a') || site.served.has('delete/b')).toBe(false)
  await page.getByText('Deleted 2 items').waitFor({ state: 'hidden' })
  expect(await entryNames(page)).toEqual(['keep'])
  expect(site.served.has('delete/keep')).toBe(true)
})

it('deletes at once what waits to be deleted when the page is left', async () => {
  const page = await open('left', ['a', 'b'])
  await entry(page, 'a').click()
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.goto('about:blank')
  await expect.poll(() => site.served.has('left/a')).toBe(false)
  expect(site.served.has('left/b')).toBe(true)
})

it('shows the MD5 that md5sum prints, also one that has to be computed', async () => {
  const page = await open('details', ['a.bin'])
  await entry(page, 'a.bin').click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Details' }).click()
  await page.getByText(createHash('md5').update('a.bin').digest('hex')).waitFor()
})

it('saves a file, and a selection as an archive', async () => {
  const page = await open('save', ['a', 'b', 'c'])
  await entry(page, 'a').click()
  const one = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download' }).click()
  expect((await one).suggestedFilename()).toBe('a')
  await entry(page, 'c').click({ modifiers: ['Control'] })
  const two = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download' }).click()
  expect((await two).suggestedFilename()).toBe('save.zip')
  expect((await two).url()).toMatch(/\?zip&name=a&name=c$/)
  expect(await (await two).failure()).toBeNull()
})

it('breaks none of its own rules meanwhile', () => {
  expect(site.complaints.filter((text) => !text.startsWith('Failed to load resource'))).toEqual([])
})
