import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** Debian's. */
const EXECUTABLE = '/usr/bin/chromium'
const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
]

/** Starts Chromium without a window. */
export async function startChromium(): Promise<Browser> {
  // In the locale of POSIX, Chromium cannot read the names of all files.
  const env = { ...process.env, LC_ALL: 'C.UTF-8' }
  return await chromium.launch({ executablePath: EXECUTABLE, args: FLAGS, env })
}

/** What a phone is to the page. */
export const PHONE: BrowserContextOptions = {
  viewport: { width: 360, height: 740 },
  hasTouch: true,
  isMobile: true,
}

/**
 * Opens a page in a browser of its own, with no cookies of others. Every message of the console, such as of a rule that
 * the page breaks, is kept.
 */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<{ readonly page: Page; readonly complaints: readonly string[] }> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-GB', ...options })
  // It only ends what hangs, and a busy machine comes nowhere near it.
  context.setDefaultTimeout(120_000)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', ({ message }) => complaints.push(message))
  await page.goto(url)
  return { page, complaints }
}
