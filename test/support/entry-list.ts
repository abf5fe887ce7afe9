import type { Locator, Page } from 'playwright-core'

/** An entry of the folder that a page shows. */
export function entry(page: Page, name: string): Locator {
  return page.getByRole('option').filter({ has: page.getByText(name, { exact: true }) })
}

/** The names of the entries that a page shows, in order. */
export async function entryNames(page: Page): Promise<string[]> {
  return await page.locator('[role=option] .name').allTextContents()
}

/** The names of the entries that are selected, in order. */
export async function selectedNames(page: Page): Promise<string[]> {
  return await page.locator('[role=option][aria-selected=true] .name').allTextContents()
}
