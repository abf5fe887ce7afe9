import fs from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MIB, randomBytes } from '../../support/files.ts'
import { type FtpMode, FtpSite } from '../../support/ftp-site.ts'

/** The door for FTP over IPv6, where data connections are agreed upon with EPSV and EPRT (RFC 2428). */
const BYTES = randomBytes(2 * MIB + 4_321, 1)

let site: FtpSite
beforeAll(async () => {
  site = await FtpSite.open({ host: '::1' })
  fs.writeFileSync(site.at('file'), BYTES)
})
afterAll(async () => {
  expect(site.served.faults).toEqual([])
  await site[Symbol.asyncDispose]()
})

function expectMoved(name: string): void {
  expect(BYTES.equals(site.served.read(name))).toBe(true)
  expect(BYTES.equals(fs.readFileSync(site.at(`${name}-back`)))).toBe(true)
}

describe.each<FtpMode>(['clear', 'explicit', 'implicit'])('%s', (mode) => {
  it('curl puts and gets with EPSV', async () => {
    const name = `curl-${mode}`
    const url = site.url(mode, name)
    const put = await site.curl(mode, ['-6', '-v', '-T', 'file', url])
    expect(put).toMatchObject({ code: 0 })
    expect(put.stderr).toMatch(/^> EPSV\r?$[\s\S]*^< 229 /m)
    expect(await site.curl(mode, ['-6', '-o', `${name}-back`, url])).toMatchObject({ code: 0 })
    expectMoved(name)
  })

  it('lftp puts and gets with EPSV', async () => {
    const name = `lftp-${mode}`
    expect(await site.lftp(mode, [`put file -o ${name}`, `get ${name} -o ${name}-back`])).toMatchObject({
      code: 0,
    })
    expectMoved(name)
  })
})

it('curl puts and gets with EPRT', async () => {
  const url = site.url('clear', 'curl-active')
  const put = await site.curl('clear', ['-6', '-v', '-P', '::1', '-T', 'file', url])
  expect(put).toMatchObject({ code: 0 })
  expect(put.stderr).toMatch(/^> EPRT \|2\|::1\|\d+\|\r?$[\s\S]*^< 200 /m)
  const get = await site.curl('clear', ['-6', '-P', '::1', '-o', 'curl-active-back', url])
  expect(get).toMatchObject({ code: 0 })
  expectMoved('curl-active')
})

it.each<FtpMode>(['clear', 'explicit'])('lftp puts and gets with EPRT, %s', async (mode) => {
  const name = `lftp-active-${mode}`
  const commands = ['set ftp:passive-mode no', 'debug', `put file -o ${name}`, `get ${name} -o ${name}-back`]
  const { code, stderr } = await site.lftp(mode, commands)
  expect(code).toBe(0)
  // It announces the unspecified address, and falls back to EPSV if that is refused.
  expect(stderr.match(/^---> EPRT \|2\|::\|\d+\|\n<--- 200 /gm)).toHaveLength(2)
  expect(stderr).not.toContain('EPSV\n<--- 229')
  expectMoved(name)
})
