/*
 * Makes the pictures of the page in the README, docs/page-desktop.png and docs/page-phone.png, in Debian's Chromium, with
 * a folder that shows what there is to see. Usage: node test/demo/screenshots.ts
 */
import fs from 'node:fs'
import path from 'node:path'
import type { Browser } from 'playwright-core'
import { entry } from '../support/entry-list.ts'
import { PHONE } from '../support/web-page.ts'
import { WebSite } from '../support/web-site.ts'

const DOCS = path.resolve(import.meta.dirname, '../../docs')
const PHOTOS = 12
/** Days before today, so that the dates are those of a folder that somebody uses. */
const FILES: readonly (readonly [name: string, bytes: number, days: number])[] = [
  ['Documents/Contract.pdf', 412_000, 40],
  ['Music/Suite.flac', 31_000_000, 300],
  ['Projects/garden/plan.txt', 4_100, 12],
  ['Backup 2026-11-28.tar.zst', 8_312_000_000, 3],
  ['Concert.mp4', 734_000_000, 21],
  ['Guest list.csv', 3_210, 1],
  ['Invoice 4711.pdf', 187_000, 6],
  ['Notes.md', 6_420, 0],
  ['Recipe 2.txt', 1_850, 90],
  ['Recipe 10.txt', 2_040, 88],
  ['Reise nach Kreta.jpg', 2_400_000, 120],
  ['Screenshot.png', 356_000, 2],
]

/** Runs in the browser. */
const PAINTER = `(index) => {
  const canvas = document.createElement('canvas')
  const [width, height] = index % 3 === 0 ? [300, 400] : [400, 300]
  Object.assign(canvas, { width, height })
  const context = canvas.getContext('2d')
  const sky = context.createLinearGradient(0, 0, 0, height)
  const hue = (index * 47 + 190) % 360
  sky.addColorStop(0, 'hsl(' + hue + ' 60% 62%)')
  sky.addColorStop(1, 'hsl(' + (hue + 40) + ' 70% 86%)')
  context.fillStyle = sky
  context.fillRect(0, 0, width, height)
  context.fillStyle = 'hsl(45 100% 90%)'
  context.beginPath()
  context.arc(width * (0.25 + 0.05 * (index % 8)), height * 0.28, 26, 0, 7)
  context.fill()
  for (let ridge = 0; ridge < 3; ridge++) {
    context.fillStyle = 'hsl(' + (hue + 150) + ' 30% ' + (52 - 14 * ridge) + '%)'
    context.beginPath()
    context.moveTo(0, height)
    for (let x = 0; x <= width; x += 4)
      context.lineTo(x, height * (0.55 + 0.14 * ridge) + 30 * Math.sin(x / (38 - 6 * ridge) + index * 3 + ridge))
    context.lineTo(width, height)
    context.fill()
  }
  return canvas.toDataURL('image/jpeg', 0.9)
}`

await using site = await WebSite.open()
for (const [name, bytes, days] of FILES) {
  site.served.write(name, '')
  fs.truncateSync(site.served.at(name), bytes)
  setAge(name, days)
}
for (const [index, photo] of (await paint(site.browser)).entries()) {
  const name = `Photos/IMG_${4_310 + index}.jpg`
  site.served.write(name, photo)
  setAge(name, 20)
}
for (const folder of ['Documents', 'Music', 'Projects', 'Photos']) setAge(folder, 20)

const desktop = await site.visit('', { viewport: { width: 1_200, height: 720 } })
await entry(desktop, 'Concert.mp4').click()
await entry(desktop, 'Invoice 4711.pdf').click({ modifiers: ['Shift'] })
// Otherwise, it would look as if the last one were different.
await desktop.mouse.move(600, 690)
await desktop.screenshot({ path: path.join(DOCS, 'page-desktop.png') })

const phone = await site.visit('#/Photos', { ...PHONE, colorScheme: 'dark' })
await phone.getByRole('button', { name: 'Show as a grid' }).click()
await phone
  .locator('.thumbnail img')
  .nth(PHOTOS - 1)
  .waitFor()
for (const picture of await phone.locator('.thumbnail img').all())
  await picture.evaluate((image) => image.decode())
await phone.screenshot({ path: path.join(DOCS, 'page-phone.png') })

function setAge(name: string, days: number): void {
  const time = new Date(Date.now() - days * 86_400_000)
  fs.utimesSync(site.served.at(name), time, time)
}

/** Paints mountains and a sun, each time in other colours. @returns JPEGs */
async function paint(browser: Browser): Promise<Buffer[]> {
  const page = await browser.newPage()
  const urls: string[] = []
  for (let i = 0; i < PHOTOS; i++) urls.push(await page.evaluate(`(${PAINTER})(${i})`))
  await page.close()
  return urls.map((url) => Buffer.from(url.slice(url.indexOf(',') + 1), 'base64'))
}
