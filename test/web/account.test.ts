import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { addAccount, PASSWORD } from '../support/accounts.ts'
import { entryNames } from '../support/entry-list.ts'
import { request } from '../support/http-client.ts'
import { WebSite } from '../support/web-site.ts'

/** Logging in and out, and what belongs to an account, in Chromium. */
let site: WebSite
beforeAll(async () => {
  site = await WebSite.open({ anonymous: 'none' })
  for (const name of ['anna', 'otto', 'paula']) await addAccount(site.served.root, name)
  site.served.write('a.txt', '')
})
afterAll(() => site[Symbol.asyncDispose]())

async function logIn(page: Page, user: string, password = PASSWORD, isRemembered = true): Promise<void> {
  await page.getByLabel('User name').fill(user)
  await page.getByLabel('Password').fill(password)
  await page.getByLabel('Stay logged in').setChecked(isRemembered)
  await page.getByRole('button', { name: 'Log in' }).click()
}

/** Logs in with a browser of its own. */
async function visitAs(user: string): Promise<Page> {
  const page = await site.visit()
  await logIn(page, user)
  await page.getByRole('option').first().waitFor()
  return page
}

async function choose(page: Page, user: string, item: string): Promise<void> {
  await page.getByRole('button', { name: user }).click()
  await page.getByRole('menuitem', { name: item }).click()
}

it('lets in with the right password alone, and out again', async () => {
  const page = await site.visit()
  await logIn(page, 'anna', 'wrong')
  await page.getByText('The user name or the password is wrong.').waitFor()
  await logIn(page, 'anna')
  await expect.poll(() => entryNames(page)).toContain('a.txt')
  await page.reload()
  await expect.poll(() => entryNames(page)).toContain('a.txt')
  await choose(page, 'anna', 'Log out')
  await page.getByLabel('Password').waitFor()
  await page.reload()
  await page.getByLabel('Password').waitFor()
})

it('keeps the login when the browser is closed only if its user wants that', async () => {
  for (const [isRemembered, isKept] of [
    [true, true],
    [false, false],
  ] as const) {
    const page = await site.visit()
    await logIn(page, 'anna', PASSWORD, isRemembered)
    await page.getByRole('option').first().waitFor()
    const [cookie] = await page.context().cookies()
    expect([cookie?.expires !== -1, cookie?.httpOnly, cookie?.sameSite]).toEqual([isKept, true, 'Strict'])
  }
})

it('asks for the login again, and says why, if the session is ended elsewhere', async () => {
  const [here, there] = [await visitAs('otto'), await visitAs('otto')]
  await choose(here, 'otto', 'Where I am logged in')
  await here.getByText('This browser').waitFor()
  await here.getByRole('button', { name: /^Log out 127/ }).click()
  await here.getByRole('button', { name: /^Log out 127/ }).waitFor({ state: 'detached' })
  await there.evaluate('location.hash = "#/elsewhere"')
  await there.getByText('Your session has ended. Log in again.').waitFor()
  await logIn(there, 'otto')
  await there.getByRole('button', { name: 'otto' }).waitFor()
})

it('changes the password, which ends all other sessions', async () => {
  const [here, there] = [await visitAs('paula'), await visitAs('paula')]
  await choose(here, 'paula', 'Change password')
  const dialog = here.getByRole('dialog', { name: 'Change password' })
  const fill = async (present: string, next: string, again: string): Promise<void> => {
    await dialog.getByLabel('Present password').fill(present)
    await dialog.getByLabel('New password', { exact: true }).fill(next)
    await dialog.getByLabel('New password, once more').fill(again)
    await dialog.getByRole('button', { name: 'Change' }).click()
  }
  await fill(PASSWORD, 'another long password', 'a different long password')
  await here.getByText('The two new passwords are different.').waitFor()
  await fill('wrong', 'another long password', 'another long password')
  await here.getByText('The present password is wrong.').waitFor()
  await fill(PASSWORD, 'another long password', 'another long password')
  await here.getByText('The password has been changed.').waitFor()
  await here.reload()
  await expect.poll(() => entryNames(here)).toContain('a.txt')
  await there.reload()
  await there.getByLabel('Password').waitFor()
})

it('makes a token, with which a program logs in until it is revoked', async () => {
  const page = await visitAs('anna')
  await choose(page, 'anna', 'Tokens for programs')
  await page.getByLabel('What is the token for?').fill('backup')
  await page.getByRole('button', { name: 'Make a token' }).click()
  const secret = (await page.locator('.secret code').textContent()) ?? ''
  const status = async (): Promise<number> =>
    (await request(site.served.server, '/files/a.txt', { as: `anna:${secret}` })).status
  expect(await status()).toBe(200)
  await page.getByRole('button', { name: 'Revoke backup' }).click()
  await page.getByRole('button', { name: 'Revoke backup' }).waitFor({ state: 'detached' })
  expect(await status()).toBe(401)
})

it('lets everybody in where the server does, and still lets them log in', async () => {
  await using open = await WebSite.open({ anonymous: 'read' })
  await addAccount(open.served.root, 'anna')
  open.served.write('b.txt', '')
  const page = await open.visit()
  await expect.poll(() => entryNames(page)).toEqual(['b.txt'])
  await choose(page, 'Guest', 'Log in')
  await logIn(page, 'anna')
  await page.getByRole('button', { name: 'anna' }).waitFor()
  await choose(page, 'anna', 'Log out')
  await page.getByRole('button', { name: 'Guest' }).waitFor()
})

it('says so if the server does not answer, and tries again', async () => {
  await using lost = await WebSite.open()
  const page = await lost.visit()
  await page.getByText('This folder is empty.').waitFor()
  await page.context().setOffline(true)
  await page.evaluate('location.hash = "#/x"')
  await page.getByText('The server does not answer. Check the connection and try again.').waitFor()
  await page.context().setOffline(false)
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('It is no longer there.').waitFor()
})

it('speaks Chinese to those who read it', async () => {
  const page = await site.visit('', { locale: 'zh-CN' })
  await page.getByRole('button', { name: '登录' }).waitFor()
  expect(await page.locator('html').getAttribute('lang')).toBe('zh')
})
