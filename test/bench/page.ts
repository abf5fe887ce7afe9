import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { writeRandom } from '../support/files.ts'
import { openPage, startChromium } from '../support/web-page.ts'
import { chooseFiles, uploadOf } from '../support/web-uploads.ts'
import { ours, stateOf } from './ours.ts'
import { PORTS } from './ports.ts'
import { median } from './table.ts'

/*
 * The page in Chromium beside curl, in interleaved rounds: how long an upload and a download take, and how long until the
 * first entry is on the screen. `node test/bench/page.ts [MiB] [rounds]`, after `node --run build`.
 */

const [size = 1024, rounds = 3] = process.argv.slice(2).map(Number)
const base = fs.mkdtempSync(path.join(fs.existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir(), 'ftp-bench-'))
const [served, desk, setup] = [path.join(base, `root-${PORTS.https}`), path.join(base, 'desk'), base]
const ground = {
  served,
  desk,
  setup,
  name: 'big',
  isTree: false,
  isAgain: false,
  port: (port: number) => port,
}
const origin = `https://127.0.0.1:${PORTS.https}`
const curl = ['-sf', '--cacert', `${stateOf(ground, PORTS.https)}/certificate.pem`]

try {
  for (const folder of [served, desk]) fs.mkdirSync(folder)
  writeRandom(`${desk}/big`, size * 1_048_576, 1)
  fs.copyFileSync(`${desk}/big`, `${served}/fetched`)
  await using _server = await ours('', '', PORTS.https, []).start?.(ground)
  const browser = await startChromium()
  try {
    const times = await measure(async () => (await openPage(browser, origin, { acceptDownloads: true })).page)
    for (const [what, list] of Object.entries(times))
      console.log(`${what.padEnd(26)} ${median(list).toFixed(2)} s`)
  } finally {
    await browser.close()
  }
} finally {
  fs.rmSync(base, { recursive: true })
}

/** Seconds of each round. The first round only warms up. */
async function measure(open: () => Promise<Page>): Promise<Record<string, number[]>> {
  const times: Record<string, number[]> = {}
  for (let round = 0; round <= rounds; round++) {
    const note = (what: string, seconds: number): void => {
      if (round > 0) times[what] = [...(times[what] ?? []), seconds]
    }
    const opened = performance.now()
    const page = await open()
    await page.getByRole('option', { name: /^fetched/ }).waitFor()
    note('first entry on the screen', since(opened))
    await page.getByRole('button', { name: 'Upload', exact: true }).waitFor()
    const began = performance.now()
    await chooseFiles(page, `${desk}/big`)
    await uploadOf(page, 'big').getByText('Uploaded').waitFor()
    note('upload by the page', since(began))
    fs.rmSync(`${served}/big`)
    note('upload by curl', run(['-T', `${desk}/big`, `${origin}/files/big`]))
    fs.rmSync(`${served}/big`)
    note('download by the page', await download(page))
    note('download by curl', run([`${origin}/files/fetched`, '-o', `${desk}/out`]))
    fs.rmSync(`${desk}/out`)
    await page.context().close()
  }
  return times
}

async function download(page: Page): Promise<number> {
  const began = performance.now()
  const [coming] = await Promise.all([
    page.waitForEvent('download'),
    page.evaluate(`(() => {
      const link = document.createElement('a')
      link.href = '/files/fetched?download'
      link.download = 'fetched'
      link.click()
    })()`),
  ])
  await coming.path()
  const seconds = since(began)
  await coming.delete()
  return seconds
}

function run(args: readonly string[]): number {
  const began = performance.now()
  const { status } = spawnSync('curl', [...curl, ...args], { stdio: 'ignore' })
  if (status !== 0) throw new Error(`curl ended with ${status}`)
  return since(began)
}

function since(began: number): number {
  return (performance.now() - began) / 1_000
}
