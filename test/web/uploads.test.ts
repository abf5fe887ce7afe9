import fs from 'node:fs'
import { localPath } from '@ftp/protocol'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { addAccount, PASSWORD } from '../support/accounts.ts'
import { findings, WITH_AXE } from '../support/axe.ts'
import { MIB, writeRandom } from '../support/files.ts'
import { ServerProcess } from '../support/server-process.ts'
import { TempDir } from '../support/temp-dir.ts'
import { openPage, PHONE } from '../support/web-page.ts'
import { WebSite } from '../support/web-site.ts'
import {
  chooseBy,
  chooseFiles,
  dropFiles,
  limitUploads,
  untilUnderWay,
  uploadOf,
} from '../support/web-uploads.ts'

/** Uploads in Chromium, of files on the disk, whatever happens in between. */
const SIZE = 12 * MIB
/** So slow that a file takes some seconds. */
const SLOW = 2 * MIB

let site: WebSite
let local: TempDir
let bytes: Buffer
beforeAll(async () => {
  site = await WebSite.open()
  local = new TempDir()
  bytes = writeRandom(local.at('large.bin'), SIZE, 1)
  for (const [name, size] of [
    ['small', MIB],
    ['other', SIZE],
  ] as const)
    writeRandom(local.at(`${name}.bin`), size, 2)
  await addAccount(site.served.root, 'anna')
  await addAccount(site.served.root, 'otto', {
    home: localPath(['otto']),
    quota: { bytes: 6 * MIB, files: undefined },
  })
})
afterAll(async () => {
  await site[Symbol.asyncDispose]()
  local[Symbol.dispose]()
})

/** Opens a folder of its own, so that no test sees the files of another. */
async function visitFolder(name: string): Promise<Page> {
  fs.mkdirSync(site.served.at(name), { recursive: true })
  const page = await site.visit(`#/${name}`)
  await page.getByRole('button', { name: 'Upload', exact: true }).waitFor()
  return page
}

async function logIn(page: Page, user: string): Promise<void> {
  await page.getByLabel('User name').fill(user)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Log in' }).click()
}

async function visitAs(user: string): Promise<Page> {
  const page = await site.visit()
  await page.getByRole('button', { name: /Guest/ }).click()
  await page.getByRole('menuitem', { name: 'Log in' }).click()
  await logIn(page, user)
  await page.getByRole('button', { name: user }).waitFor()
  return page
}

function isStored(name: string, expected: Buffer = bytes): boolean {
  return site.served.has(name) && expected.equals(site.served.read(name))
}

it('a folder that is dropped arrives with everything in it', async () => {
  fs.mkdirSync(local.at('album/2026/none'), { recursive: true })
  fs.writeFileSync(local.at('album/cover 😀.txt'), 'cover')
  fs.copyFileSync(local.at('large.bin'), local.at('album/2026/large.bin'))
  const page = await visitFolder('dropped')
  await dropFiles(page, local.at('album'), local.at('small.bin'))
  await page.getByText('4 files uploaded').waitFor()
  expect(isStored('dropped/album/2026/large.bin')).toBe(true)
  expect(Buffer.from(site.served.read('dropped/album/cover 😀.txt')).toString()).toBe('cover')
  expect([site.served.has('dropped/album/2026/none'), site.served.has('dropped/small.bin')]).toEqual([
    true,
    true,
  ])
  await page.getByRole('option').getByText('album').waitFor()
})

it('a server that is killed and starts again under an upload gets the rest of it', async () => {
  using root = new TempDir()
  const server = await ServerProcess.start({ root: root.path })
  const { port } = server
  const { page } = await openPage(site.browser, `http://127.0.0.1:${port}/`)
  await limitUploads(page, SLOW)
  await chooseFiles(page, local.at('large.bin'))
  await untilUnderWay(page, 'large.bin')
  await server.kill()
  await uploadOf(page, 'large.bin').getByText('Waiting for the server').waitFor()
  await using _again = await ServerProcess.start({ root: root.path, port })
  await page.getByText('1 file uploaded').waitFor()
  expect(bytes.equals(fs.readFileSync(root.at('large.bin')))).toBe(true)
})

/** Begins an upload, and loads the page again in the middle of it. */
async function reloadInTheMiddle(folder: string): Promise<Page> {
  const page = await visitFolder(folder)
  await limitUploads(page, SLOW)
  await chooseFiles(page, local.at('large.bin'))
  await untilUnderWay(page, 'large.bin')
  const asked = page.waitForEvent('dialog')
  const reloaded = page.reload()
  await (await asked).accept()
  await reloaded
  await limitUploads(page, -1)
  await page.getByRole('heading', { name: 'Unfinished uploads', level: 2 }).waitFor()
  return page
}

it('after a reload in the middle, about which the page warns, the same file continues', async () => {
  const page = await reloadInTheMiddle('reloaded')
  const button = page.getByRole('button', { name: 'Choose file: reloaded/large.bin' })
  await chooseBy(button, local.at('large.bin'))
  await uploadOf(page, 'large.bin').getByText('Continued where it was interrupted').waitFor()
  await page.getByText('1 file uploaded').waitFor()
  expect(isStored('reloaded/large.bin')).toBe(true)
})

it('after a reload in the middle, another file of that name starts over, and says so', async () => {
  const page = await reloadInTheMiddle('replaced')
  fs.mkdirSync(local.at('elsewhere'))
  fs.copyFileSync(local.at('other.bin'), local.at('elsewhere/large.bin'))
  await chooseFiles(page, local.at('elsewhere/large.bin'))
  await uploadOf(page, 'large.bin').getByText('Started over').waitFor()
  await page.getByText('1 file uploaded').waitFor()
  expect(isStored('replaced/large.bin', fs.readFileSync(local.at('other.bin')))).toBe(true)
  await expect.poll(() => site.served.partials('replaced')).toEqual([])
})

it('an upload that was interrupted can be discarded', async () => {
  const page = await reloadInTheMiddle('discarded')
  await page.getByRole('button', { name: 'Discard: discarded/large.bin' }).click()
  await expect.poll(() => site.served.partials('discarded')).toEqual([])
  await page.locator('.tray').waitFor({ state: 'detached' })
})

it('of two windows that send one name at the same time, the second is asked', async () => {
  const [one, other] = [await visitFolder('both'), await visitFolder('both')]
  for (const page of [one, other]) await limitUploads(page, SLOW)
  await chooseFiles(one, local.at('large.bin'))
  await untilUnderWay(one, 'large.bin')
  await chooseFiles(other, local.at('elsewhere/large.bin'))
  await one.getByText('1 file uploaded').waitFor()
  await limitUploads(other, -1)
  await other.getByRole('button', { name: 'Keep both' }).click()
  await other.getByText('1 file uploaded').waitFor()
  expect(isStored('both/large.bin')).toBe(true)
  expect(isStored('both/large (2).bin', fs.readFileSync(local.at('other.bin')))).toBe(true)
})

it('names that exist are asked about once for all', async () => {
  for (const name of ['large.bin', 'small.bin']) site.served.write(`clash/${name}`, 'old')
  const page = await visitFolder('clash')
  await chooseFiles(page, local.at('large.bin'), local.at('small.bin'), local.at('other.bin'))
  const dialog = page.getByRole('dialog', { name: '2 files already exist' })
  await dialog.getByRole('button', { name: 'Replace' }).click()
  await page.getByText('3 files uploaded').waitFor()
  expect(isStored('clash/large.bin')).toBe(true)
})

it('a full account says so in the middle, and the other files continue', async () => {
  const page = await visitAs('otto')
  await chooseFiles(page, local.at('large.bin'), local.at('small.bin'))
  await uploadOf(page, 'large.bin').getByText('Your space on this server is full.').waitFor()
  await uploadOf(page, 'small.bin').getByText('Uploaded').waitFor()
  expect(site.served.has('otto/small.bin')).toBe(true)
})

it('a session that is ended elsewhere asks for the login, and the upload continues', async () => {
  const page = await visitAs('anna')
  await limitUploads(page, SLOW)
  await chooseFiles(page, local.at('large.bin'))
  await untilUnderWay(page, 'large.bin')
  const { sessions }: { sessions: readonly { id: string }[] } = await page.evaluate(
    'fetch("/sessions").then((answer) => answer.json())',
  )
  await page.evaluate(`fetch("/sessions/${sessions[0]?.id}", { method: "DELETE" })`)
  await page.getByText('Your session has ended.').waitFor()
  await limitUploads(page, -1)
  await logIn(page, 'anna')
  await page.getByText('1 file uploaded').waitFor()
  expect(isStored('large.bin')).toBe(true)
})

it('an upload is paused, continued and given up', async () => {
  const page = await visitFolder('paused')
  await limitUploads(page, SLOW)
  await chooseFiles(page, local.at('large.bin'), local.at('other.bin'))
  await untilUnderWay(page, 'other.bin')
  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  await page.getByText('Uploads are paused').waitFor()
  await page.getByRole('button', { name: 'Cancel: other.bin' }).click()
  await limitUploads(page, -1)
  await page.getByRole('button', { name: 'Continue: large.bin' }).click()
  await page.getByText('1 file uploaded').waitFor()
  expect(isStored('paused/large.bin')).toBe(true)
  await expect.poll(() => site.served.partials('paused')).toEqual([])
})

it('a file that is pasted is uploaded', async () => {
  const page = await visitFolder('pasted')
  await page.evaluate(`{
    const clipboardData = new DataTransfer()
    clipboardData.items.add(new File(['pasted'], 'image.png', { type: 'image/png' }))
    dispatchEvent(new ClipboardEvent('paste', { clipboardData }))
  }`)
  await page.getByText('1 file uploaded').waitFor()
  const [name = ''] = fs.readdirSync(site.served.at('pasted'))
  expect(name).toMatch(/^\d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.png$/)
})

it.each([
  ['a wide window, light', {}],
  ['a phone, dark', { ...PHONE, colorScheme: 'dark' }],
] as const)('axe finds no fault in the tray on %s', async (_, options) => {
  site.served.write('axe/small.bin', 'old')
  const page = await site.visit('#/axe', { ...WITH_AXE, ...options })
  await page.getByRole('option').first().waitFor()
  await limitUploads(page, SLOW)
  await chooseFiles(page, local.at('large.bin'), local.at('small.bin'))
  await page.getByRole('dialog', { name: 'The file already exists' }).waitFor()
  expect(await findings(page)).toEqual([])
  await page.getByRole('button', { name: 'Skip' }).click()
  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  await page.getByText('Uploads are paused').waitFor()
  expect(await findings(page)).toEqual([])
  await page.getByRole('button', { name: 'Cancel all' }).click()
  await page.locator('.tray').waitFor({ state: 'detached' })
})

it('the page has broken none of its own rules, and the server has no fault', () => {
  expect(site.complaints.filter((text) => !/Failed to load resource/.test(text))).toEqual([])
  expect(site.served.faults).toEqual([])
})
