import fs from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { entry } from '../support/entry-list.ts'
import { PIXEL, photoWithThumbnail, recording } from '../support/media.ts'
import { PHONE } from '../support/web-page.ts'
import { WebSite } from '../support/web-site.ts'

/** Looking at files, in Chromium; and nothing that is in one of them runs. */
let site: WebSite
beforeAll(async () => {
  site = await WebSite.open()
})
afterAll(() => site[Symbol.asyncDispose]())

/** The size of the picture that is viewed, once it is there. */
async function viewedWidth(page: Page): Promise<unknown> {
  return await page.locator('.stage img').evaluate(({ naturalWidth }) => naturalWidth)
}

it('shows photos as a grid from their small pictures, without fetching the photos', async () => {
  const size = 3_000_000
  for (let i = 0; i < 5; i++) site.served.write(`photos/IMG_${i}.jpg`, photoWithThumbnail(size))
  const page = await site.visit()
  const received: number[] = []
  page.on('response', (response) => {
    if (/IMG_/.test(response.url())) received.push(Number(response.headers()['content-length']))
  })
  await page.goto(site.url('/#/photos'))
  await page.getByRole('button', { name: 'Show as a grid' }).click()
  await expect.poll(() => page.locator('.thumbnail img').count()).toBe(5)
  expect(
    await page
      .locator('.thumbnail img')
      .first()
      .evaluate((image) => image.decode()),
  ).toBeUndefined()
  expect(received).toHaveLength(5)
  expect(Math.max(...received)).toBeLessThan(size / 20)
})

it('leads from picture to picture with keys, and with Back to the folder', async () => {
  for (const name of ['1.png', '2.png', '3.png', 'x.bin']) site.served.write(`pictures/${name}`, PIXEL)
  const page = await site.visit('#/pictures')
  await entry(page, '2.png').dblclick()
  await page.getByText('2 of 3').waitFor()
  await expect.poll(() => viewedWidth(page)).toBe(1)
  await page.keyboard.press('ArrowRight')
  await page.getByText('3 of 3').waitFor()
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('ArrowLeft')
  await page.getByText('1 of 3').waitFor()
  await page.goBack()
  await page.locator('.stage').waitFor({ state: 'detached' })
  await expect.poll(() => page.url()).toMatch(/#\/pictures$/)
})

it('leads from picture to picture with a finger', async () => {
  for (const name of ['1.png', '2.png']) site.served.write(`swiped/${name}`, PIXEL)
  const page = await site.visit('#/swiped?view=1.png', PHONE)
  await page.getByText('1 of 2').waitFor()
  const touch = async (type: string, x: number): Promise<void> => {
    const init = { pointerType: 'touch', isPrimary: true, bubbles: true, clientX: x, clientY: 300 }
    await page.locator('.stage').dispatchEvent(type, init)
  }
  await touch('pointerdown', 300)
  await touch('pointerup', 100)
  await page.getByText('2 of 2').waitFor()
})

it('plays from where its user wants it, without fetching what is before', async () => {
  const song = recording(60)
  site.served.write('songs/song.wav', song)
  const page = await site.visit()
  const ranges: number[] = []
  page.on('request', (request) => {
    const [, start] = /bytes=(\d+)-/.exec(request.headers()['range'] ?? '') ?? []
    if (start !== undefined) ranges.push(Number(start))
  })
  await page.goto(site.url('/#/songs?view=song.wav'))
  const player = page.locator('audio')
  await expect.poll(() => player.evaluate(({ readyState }) => readyState)).toBeGreaterThan(1)
  await player.evaluate((audio) => {
    audio.currentTime = 50
  })
  await expect
    .poll(() => player.evaluate(({ seeking, currentTime }) => !seeking && currentTime >= 50))
    .toBe(true)
  expect(Math.max(...ranges)).toBeGreaterThan(song.length / 2)
})

it('shows a text as a text, in the coding that it has', async () => {
  site.served.write('texts/a.html', '<script>document.title = "run"</script><h1>Grüße</h1>')
  site.served.write('texts/old.txt', Buffer.from('Gr\u00fc\u00dfe', 'latin1'))
  const page = await site.visit('#/texts?view=a.html')
  await page.getByText('<h1>Grüße</h1>').waitFor()
  await page.keyboard.press('ArrowRight')
  await page.locator('pre').getByText('Grüße', { exact: true }).waitFor()
  expect(await page.title()).not.toBe('run')
})

it('opens a PDF in a tab of its own, which knows nothing of the page', async () => {
  site.served.write('pdf/a.pdf', '%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>')
  const page = await site.visit('#/pdf')
  const opened = page.context().waitForEvent('page')
  await entry(page, 'a.pdf').dblclick()
  const tab = await opened
  await tab.waitForLoadState()
  expect(new URL(tab.url()).pathname).toBe('/files/pdf/a.pdf')
  expect(await tab.evaluate('opener')).toBeNull()
})

const CANARY = 'document.title = "run"'

it.each([
  ['a.html', `<script>${CANARY}</script>`],
  ['a.svg', `<svg xmlns="http://www.w3.org/2000/svg"><script>${CANARY}</script></svg>`],
  ['a.xhtml', `<html xmlns="http://www.w3.org/1999/xhtml"><script>${CANARY}</script></html>`],
  ['a.txt', `<script>${CANARY}</script>`],
  ['a.jpg', `<script>${CANARY}</script>`],
  ['a.pdf', `<script>${CANARY}</script>`],
])('runs nothing of %s, wherever it is opened', async (name, content) => {
  site.served.write(`run/${name}`, content)
  const page = await site.visit(`#/run?view=${name}`)
  const tab = await page.context().newPage()
  // What is only saved opens no page.
  await tab.goto(site.url(`/files/run/${name}`)).catch(() => {})
  for (const one of [page, tab]) expect(await one.title()).not.toBe('run')
  await page.context().close()
})

it('runs nothing that is in a name', async () => {
  const names = ['<img src=x onerror=document.title="run">', '" onfocus="document.title=1" autofocus="']
  for (const name of names) fs.mkdirSync(site.served.at(`names/${name}`), { recursive: true })
  const page = await site.visit('#/names')
  await page.getByText('<img src=x').waitFor()
  expect(await page.locator('[role=option] img').count()).toBe(0)
  expect(await page.title()).not.toBe('run')
})
