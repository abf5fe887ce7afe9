import fs from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAccount, PASSWORD } from '../support/accounts.ts'
import { findings, WITH_AXE } from '../support/axe.ts'
import { MIB, writeRandom } from '../support/files.ts'
import { TempDir } from '../support/temp-dir.ts'
import { openPage, PHONE } from '../support/web-page.ts'
import { WebSite } from '../support/web-site.ts'
import { chooseBy, limitUploads, untilUnderWay, uploadOf } from '../support/web-uploads.ts'

/** Links that one browser makes and another one, without an account, opens. */
let site: WebSite
let local: TempDir
let owner: Page
beforeAll(async () => {
  site = await WebSite.open({ anonymous: 'none' })
  local = new TempDir()
  await addAccount(site.served.root, 'anna')
  for (const name of ['photos/one.txt', 'photos/deep/two.txt', 'inbox/secret.txt', 'alone.txt'])
    site.served.write(name, name)
  owner = await site.visit('', WITH_AXE)
  await owner.getByLabel('User name').fill('anna')
  await owner.getByLabel('Password').fill(PASSWORD)
  await owner.getByRole('button', { name: 'Log in' }).click()
})
afterAll(async () => {
  await site[Symbol.asyncDispose]()
  local[Symbol.dispose]()
})

interface LinkChoices {
  readonly isForUploads?: boolean
  readonly password?: string
  readonly uses?: string
}

/** Makes a link by the dialog. @returns its path */
async function share(
  name: string,
  { isForUploads = false, password = '', uses = '' }: LinkChoices = {},
): Promise<string> {
  await owner.getByRole('option').getByText(name).click()
  await owner.getByRole('button', { name: 'Share' }).click()
  const dialog = owner.getByRole('dialog', { name: `Share “${name}”` })
  if (isForUploads) await dialog.getByLabel('upload files into it, and see nothing').check()
  await dialog.getByLabel('Password (optional)').fill(password)
  await dialog.getByLabel('How often it can be used (optional)').fill(uses)
  await dialog.getByRole('button', { name: 'Create link' }).click()
  await dialog.getByRole('img', { name: 'QR code of the link' }).waitFor()
  const url = await dialog.getByLabel('Link', { exact: true }).inputValue()
  await owner.keyboard.press('Escape')
  await owner.keyboard.press('Escape')
  return new URL(url).pathname
}

/** Opens a link in a browser of its own. */
async function open(link: string, options = {}): Promise<Page> {
  const { page } = await openPage(site.browser, site.url(link), options)
  return page
}

async function downloaded(page: Page, click: () => Promise<void>): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), click()])
  return fs.readFileSync(await download.path(), 'utf8')
}

describe('a link', () => {
  it('to a file shows what it is, and gives it', async () => {
    const guest = await open(await share('alone.txt', { uses: '1' }))
    await guest.getByRole('heading', { name: 'alone.txt' }).waitFor()
    const text = await downloaded(guest, () => guest.getByRole('link', { name: 'Download' }).click())
    expect(text).toBe('alone.txt')
  })

  it('to a folder shows everything in it, and nothing else', async () => {
    const guest = await open(await share('photos'))
    await guest.getByRole('heading', { name: 'photos' }).waitFor()
    await guest.getByRole('link', { name: 'deep' }).click()
    const text = await downloaded(guest, () => guest.getByRole('link', { name: /two\.txt/ }).click())
    expect(text).toBe('photos/deep/two.txt')
    await guest.getByRole('link', { name: 'Up' }).click()
    await guest.getByRole('link', { name: /one\.txt/ }).waitFor()
    expect(await guest.getByRole('link').count()).toBe(3)
  })

  it('for uploads takes many files as one use, and shows none of the folder', async () => {
    const bytes = writeRandom(local.at('large.bin'), 3 * MIB, 1)
    const files = Array.from({ length: 6 }, (_, i) => local.at(`${i}.txt`))
    for (const file of files) fs.writeFileSync(file, 'guest')
    fs.writeFileSync(local.at('secret.txt'), 'guest')
    const guest = await open(await share('inbox', { isForUploads: true, uses: '1' }))
    const button = guest.getByRole('button', { name: 'Choose files' })
    await chooseBy(button, ...files, local.at('large.bin'), local.at('secret.txt'))
    await guest.getByText('8 files uploaded').waitFor()
    expect(bytes.equals(site.served.read('inbox/large.bin'))).toBe(true)
    expect(Buffer.from(site.served.read('inbox/secret.txt')).toString()).toBe('inbox/secret.txt')
    expect(fs.readdirSync(site.served.at('inbox'))).toHaveLength(9)
  })

  it('for uploads continues after a reload in the middle what was begun in this browser, and shows it nowhere else', async () => {
    const bytes = writeRandom(local.at('reloaded.bin'), 12 * MIB, 3)
    const link = await share('inbox', { isForUploads: true, uses: '2' })
    const guest = await open(link)
    await limitUploads(guest, 2 * MIB)
    await chooseBy(guest.getByRole('button', { name: 'Choose files' }), local.at('reloaded.bin'))
    await untilUnderWay(guest, 'reloaded.bin')
    guest.once('dialog', (dialog) => void dialog.accept())
    await guest.reload()
    await limitUploads(guest, -1)
    await guest.getByText('To continue an upload').waitFor()
    const other = await open(link)
    await other.getByRole('heading', { name: 'Send files' }).waitFor()
    await other.waitForLoadState('networkidle')
    expect(await other.locator('.tray').count()).toBe(0)
    await chooseBy(guest.getByRole('button', { name: 'Choose file: reloaded.bin' }), local.at('reloaded.bin'))
    await uploadOf(guest, 'reloaded.bin').getByText('Continued where it was interrupted').waitFor()
    await guest.getByText('1 file uploaded').waitFor()
    expect(bytes.equals(site.served.read('inbox/reloaded.bin'))).toBe(true)
    const kept = `Object.keys(localStorage).filter((key) => key.startsWith('ftp-uploads'))`
    expect(await guest.evaluate(kept)).toEqual([])
  })

  it('with a password asks for it', async () => {
    const guest = await open(await share('alone.txt', { password: 'open sesame' }))
    await guest.getByLabel('Password').fill('wrong password')
    await guest.getByRole('button', { name: 'Open' }).click()
    await guest.getByText('The password is wrong.').waitFor()
    await guest.getByLabel('Password').fill('open sesame')
    await guest.getByRole('button', { name: 'Open' }).click()
    const text = await downloaded(guest, () => guest.getByRole('link', { name: 'Download' }).click())
    expect(text).toBe('alone.txt')
  })

  it('is listed for its owner, who revokes it', async () => {
    const link = await share('photos', { isForUploads: true })
    await owner.getByRole('button', { name: 'anna' }).click()
    await owner.getByRole('menuitem', { name: 'Links of this account' }).click()
    const row = owner.getByRole('listitem').filter({ hasText: 'for uploads' }).filter({ hasText: 'photos' })
    await row.getByRole('button', { name: 'Revoke: photos' }).click()
    await row.waitFor({ state: 'detached' })
    await owner.keyboard.press('Escape')
    const guest = await open(link)
    await guest.getByRole('heading', { name: 'This link is not valid' }).waitFor()
  })
})

describe('axe finds no fault', () => {
  it.each([
    ['in a file', 'alone.txt', {}, 'alone.txt'],
    ['in a folder', 'photos', {}, 'photos'],
    ['in a request for files', 'inbox', { isForUploads: true }, 'Send files'],
    ['in a link with a password', 'alone.txt', { password: 'open sesame' }, 'This link has a password'],
  ])('%s', async (_, name, choices, heading) => {
    const link = await share(name, choices)
    for (const options of [{}, { ...PHONE, colorScheme: 'dark' }]) {
      const guest = await open(link, { ...WITH_AXE, ...options })
      await guest.getByRole('heading', { name: heading }).waitFor()
      expect(await findings(guest)).toEqual([])
    }
  })

  it('in the dialogs', async () => {
    await owner.getByRole('option').getByText('photos').click()
    await owner.getByRole('button', { name: 'Share' }).click()
    await owner.getByRole('button', { name: 'Create link' }).waitFor()
    expect(await findings(owner)).toEqual([])
    await owner.getByRole('button', { name: 'Create link' }).click()
    await owner.getByRole('button', { name: 'Copy link' }).waitFor()
    expect(await findings(owner)).toEqual([])
    await owner.keyboard.press('Escape')
  })
})
