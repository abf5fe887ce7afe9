import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import chain from '../vectors/chain.json' with { type: 'json' }
import { PERMISSIONS } from './account.ts'
import { ERROR_CODES } from './errors.ts'
import { encodeFrame, FrameDecoder } from './frame.ts'
import { LIMITS } from './limits.ts'
import { parseClientMessage, parseReply } from './parse.ts'
import type { ClientMessage } from './requests.ts'

/** What PROTOCOL.md shows must be what the code does. */
const page = readFileSync(new URL('../PROTOCOL.md', import.meta.url), 'utf8')

describe('PROTOCOL.md', () => {
  it('P-13.1: has the error table of the code', () => {
    const rows = Object.entries(ERROR_CODES).map(([code, info]) => [
      code,
      info.connection,
      info.advice,
      info.meaning,
    ])
    expect(tableUnder('## 13 Errors')).toEqual(rows)
  })

  it('P-5.1: has the limits of the code', () => {
    const rows = tableUnder('## 5 Limits').map(([name, value]) => [name, Number(value)])
    expect(rows).toEqual(Object.entries(LIMITS))
  })

  it('P-12.7: names every permission', () => {
    for (const permission of PERMISSIONS) expect(page).toContain(`\`${permission}\``)
  })

  it('P-6.7: shows messages that the code accepts', () => {
    const client = [...page.matchAll(/^→ (\{.*\})$/gm)]
    const server = [...page.matchAll(/^← (\{.*\})$/gm)]
    expect(client.length).toBeGreaterThan(3)
    expect(server.length).toBeGreaterThan(3)
    for (const [, text = ''] of client)
      expect(onWire(parseClientMessage(JSON.parse(text)))).toEqual(JSON.parse(text))
    for (const [, text = ''] of server) parseReply(JSON.parse(text))
  })

  it('P-3.1: shows the bytes of a frame', () => {
    const dump = [...page.matchAll(/^[0-9a-f]{8} ((?: +[0-9a-f]{2})+) +\|.*\|$/gm)].map(
      ([, bytes = '']) => bytes,
    )
    const bytes = Buffer.from(dump.join('').replaceAll(' ', ''), 'hex')
    const [frame, ...more] = [...new FrameDecoder({ header: 1_000, payload: 1_000 }).push(bytes)]
    expect(more).toEqual([])
    expect(frame?.header).toMatchObject({ type: 'data', last: true, size: 3 })
    expect(Buffer.from(frame?.payload.bytes ?? []).toString()).toBe('hi\n')
    const { size: _, ...header } = { size: 0, ...frame?.header }
    expect(Buffer.from(encodeFrame(header, Buffer.from('hi\n')))).toEqual(bytes)
  })

  it('P-8.4: shows chaining values that are right', () => {
    const file = chain.files.find(({ size }) => size === 2 * chain.blockSize + 5)
    for (const value of [...(file?.chain ?? []), file?.md5 ?? '?']) expect(page).toContain(`\`${value}\``)
  })
})

/** The cells of the first table below a heading, without its head. */
function tableUnder(heading: string): string[][] {
  const section = page.slice(page.indexOf(`\n${heading}\n`))
  const [table = ''] = /^\|(?:.*\n\|)*.*/m.exec(section) ?? []
  return table
    .split('\n')
    .slice(2)
    .map((row) =>
      row
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    )
}

/** A message as it was sent: nothing in one is frozen but paths. */
function onWire(message: ClientMessage): unknown {
  const text = JSON.stringify(message, (_, value: unknown) =>
    Array.isArray(value) && Object.isFrozen(value) ? value.join('/') : value,
  )
  return JSON.parse(text)
}
