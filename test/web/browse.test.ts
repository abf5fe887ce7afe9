import { afterAll, beforeAll, expect, it } from 'vitest'
import { entry, entryNames } from '../support/entry-list.ts'
import { WebSite } from '../support/web-site.ts'

/** Looking around and putting things in order, in Chromium, with a mouse. */
let site: WebSite
beforeAll(async () => {
  site = await WebSite.open()
})
afterAll(() => site[Symbol.asyncDispose]())

it('shows folders first, numbers in their order, and sorts by what is clicked', async () => {
  for (const [name, size] of [
    ['photo 10.jpg', 10],
    ['photo 2.jpg', 3_000],
    ['b.txt', 200],
  ] as const)
    site.served.write(`sorted/${name}`, Buffer.alloc(size))
  site.served.write('sorted/zoo/inside.txt', '')
  const page = await site.visit('#/sorted')
  await expect.poll(() => entryNames(page)).toEqual(['zoo', 'b.txt', 'photo 2.jpg', 'photo 10.jpg'])
  await page.getByRole('button', { name: 'Size' }).click()
  await expect.poll(() => entryNames(page)).toEqual(['zoo', 'photo 2.jpg', 'b.txt', 'photo 10.jpg'])
  await page.getByRole('button', { name: 'Size' }).click()
  await expect.poll(() => entryNames(page)).toEqual(['zoo', 'photo 10.jpg', 'b.txt', 'photo 2.jpg'])
  expect(site.complaints).toEqual([])
})

it('opens folders, leads back, and filters as somebody types', async () => {
  site.served.write('deep/down/here/file.txt', '')
  site.served.write('deep/down/other.txt', '')
  const page = await site.visit('#/deep')
  await entry(page, 'down').dblclick()
  await expect.poll(() => entryNames(page)).toEqual(['here', 'other.txt'])
  await page.getByRole('searchbox').fill('OTH')
  await expect.poll(() => entryNames(page)).toEqual(['other.txt'])
  await page.goBack()
  await expect.poll(() => entryNames(page)).toEqual(['down'])
  await page.getByRole('link', { name: 'Home' }).click()
  await expect.poll(() => entryNames(page)).toContain('deep')
})
