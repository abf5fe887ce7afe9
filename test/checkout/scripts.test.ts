import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CASES } from '../bench/cases.ts'
import { Checkout } from '../support/checkout.ts'

/*
 * What the documentation says to measure and to torture with, with next to nothing to do: that it runs, and says what it
 * should. How fast things are is no matter here.
 */

const PATIENCE_MS = 300_000
const PNPM = 'npx --yes pnpm@12.21.0'
/** On the Node.js that is installed there. */
const NODE = 'PATH="$PWD/node_modules/.bin:$PATH" node'
const PEERS = ['ftp-client', 'ftp-client --plaintext', 'ftp-client, server with --no-fsync', 'cp']

let checkout: Checkout
beforeAll(() => {
  checkout = new Checkout()
})
afterAll(() => checkout[Symbol.dispose]())

async function succeeds(line: string): Promise<string> {
  const { code, stdout, stderr } = await checkout.run(line)
  expect(code, stdout + stderr).toBe(0)
  return stdout
}

describe('pnpm bench', { timeout: PATIENCE_MS }, () => {
  it('measures one file, and leaves out what is not installed', async () => {
    const stdout = await succeeds(`${PNPM} bench --quick --peers ftp-client,rsync,https,cp --json times.json`)
    for (const way of ['get', 'put']) expect(stdout).toContain(`\n${way}, 2 MiB, `)
    for (const name of [...PEERS, 'ftp-client, first get']) expect(stdout).toContain(`| ${name} | `)
    expect(stdout).toMatch(/\| rsync -a \| |^rsync -a is left out: .*apt-get install rsync$/m)
    expect(stdout).toMatch(/\| curl over https \| |^curl over https is left out: .*apt-get install curl$/m)
    const times = JSON.parse(fs.readFileSync(path.join(checkout.folder, 'times.json'), 'utf8'))
    for (const name of PEERS) expect(times.results.put[name]).toEqual([expect.any(Number)])
  })

  it('measures all cases of trees', async () => {
    const stdout = await succeeds(`${NODE} test/bench/main.ts --quick --tree`)
    const [, ...parts] = stdout.split(/^## /m)
    expect(parts.map((part) => part.split('\n')[0])).toEqual(CASES.map(({ title }) => title))
    for (const part of parts) expect(part).toMatch(/^\| ftp-client.* \| TLS 1\.3, MD5 \| \d/m)
  })

  it('has a part of its own for what one transfer costs', async () => {
    const stdout = await succeeds(`${NODE} test/bench/one-transfer.ts 2`)
    for (const command of ['md5', 'get', 'put'])
      expect(stdout).toMatch(new RegExp(`^${command}, 2 MiB: .* s$`, 'm'))
  })
})

describe('pnpm torture', { timeout: PATIENCE_MS }, () => {
  it('runs what it is told to, as often as the environment says', async () => {
    const few = 'CASES=20 IDLE=20 ACTIVE=2 SECONDS=1'
    const stdout = await succeeds(`${few} ${PNPM} torture fuzz load`)
    expect(stdout).toMatch(/^fuzz: .*fuzz\.test\.ts.*^load: .*^20 idle and 2 active /ms)
    for (const name of ['ftp-server', 'https'])
      expect(stdout).toMatch(new RegExp(`^${name}\\n {2}login .* ms$`, 'm'))
  })

  it('lists what there is for any other word', async () => {
    const { code, stderr } = await checkout.run(`${PNPM} torture everything`)
    expect(code).toBe(2)
    expect(stderr).toMatch(/^There is no "everything"\. There are:\n {2}power /)
  })
})
