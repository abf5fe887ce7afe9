import type { Locator, Page } from 'playwright-core'
import { until } from './deadline.ts'

/** Chooses files by the button of the page. They are read from the disk, as those of a user are. */
export async function chooseFiles(page: Page, ...files: readonly string[]): Promise<void> {
  await page.getByRole('button', { name: 'Upload', exact: true }).click()
  await chooseBy(page.getByRole('menuitem', { name: 'Files' }), ...files)
}

/** Chooses files by a button that asks for them. */
export async function chooseBy(button: Locator, ...files: readonly string[]): Promise<void> {
  const [chooser] = await Promise.all([button.page().waitForEvent('filechooser'), button.click()])
  await chooser.setFiles([...files])
}

/** Drops files and folders of the disk into the middle of the page. */
export async function dropFiles(page: Page, ...files: readonly string[]): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const { width, height } = page.viewportSize() ?? { width: 800, height: 600 }
  const at = { x: width / 2, y: height / 2 }
  const data = { items: [], files: [...files], dragOperationsMask: 1 }
  const send = (type: 'dragEnter' | 'dragOver' | 'drop' | 'dragCancel'): Promise<unknown> =>
    session.send('Input.dispatchDragEvent', { type, ...at, data })
  const wasDropped = await page.evaluateHandle<{ current: boolean }>(
    "(() => { const seen = { current: false }; addEventListener('drop', () => { seen.current = true }, true); return seen })()",
  )
  // Chromium refuses what is dropped before the page has answered that it would take it.
  await until('the page taking files', async () => {
    await send('dragEnter')
    await send('dragOver')
    if (await page.locator('.drop-zone').isVisible()) {
      await send('dragOver')
      await send('drop')
      if (await wasDropped.evaluate(({ current }) => current)) return true
    }
    await send('dragCancel')
    return false
  })
}

/** Lets the page send this many bytes a second, so that something can happen in the middle of a file. */
export async function limitUploads(page: Page, bytesPerSecond: number): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: bytesPerSecond,
  })
}

/** The row of an upload in the tray. */
export function uploadOf(page: Page, name: string): Locator {
  return page.locator('.tray .upload').filter({ hasText: name })
}

/** Waits until the server has some of a file, but not all of it. */
export async function untilUnderWay(page: Page, name: string): Promise<void> {
  await uploadOf(page, name)
    .getByText(/^[1-9].* of /)
    .waitFor()
}
