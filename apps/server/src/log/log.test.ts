import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { createLog } from './log.ts'
import { LogOutput } from './log-output.ts'
import { textLine } from './text-line.ts'

const HOSTILE = [
  'two\nlines',
  '\x1b[2J\x07',
  'C1 \u009b31m',
  'DEL \x7f',
  'separators \u2028 \u2029',
  'turned \u202e round',
  'tag \u{e0041}',
  'lone \ud800',
  'quoted " and \\',
]

/** Everything that is no control, format, separator or half character. */
const PRINTABLE = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]*$/u

describe.each(HOSTILE)('the text %j', (text) => {
  it('takes one printable line of JSON that says it unchanged', () => {
    const lines: string[] = []
    createLog('info', (line) => lines.push(line)).warn({ path: text }, text)
    expect(lines).toHaveLength(1)
    const [line = ''] = lines
    expect(line.endsWith('\n')).toBe(true)
    expect(line.slice(0, -1)).toMatch(PRINTABLE)
    expect(JSON.parse(line)).toMatchObject({ path: text, msg: text })
  })

  it('takes one printable line of text', () => {
    const lines: string[] = []
    createLog('info', (line) => lines.push(textLine(line))).error({ path: text, nested: { text } }, text)
    expect(lines).toHaveLength(1)
    expect(lines[0]?.slice(0, -1)).toMatch(PRINTABLE)
  })
})

describe('the log', () => {
  it('reads well', () => {
    const json = `{"level":40,"time":"2026-11-21T05:22:12.929Z","address":"192.0.2.1","path":"a b","size":3,"msg":"put"}`
    expect(textLine(json)).toBe('2026-11-21 05:22:12 warn  put address=192.0.2.1 path="a b" size=3\n')
  })

  it('leaves out what is below its level', () => {
    const lines: string[] = []
    const log = createLog('warn', (line) => lines.push(line))
    log.info('no')
    log.warn('yes')
    expect(lines).toHaveLength(1)
  })

  it('is appended to a file, which only its owner and group can read', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ftx-'))
    const file = path.join(folder, 'server.log')
    fs.writeFileSync(file, 'before\n')
    const output = new LogOutput({ level: 'info', format: 'json', file })
    createLog('info', output.write).info({ account: 'ada' }, 'login')
    await expect
      .poll(() => fs.readFileSync(file, 'utf8'))
      .toMatch(/^before\n\{.*"account":"ada","msg":"login"\}\n$/)
    fs.rmSync(folder, { recursive: true })
  })
})
