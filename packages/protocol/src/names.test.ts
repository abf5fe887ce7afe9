import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LIMITS } from './limits.ts'
import {
  collisionKey,
  nameProblem,
  PARTIAL_PREFIX,
  portabilityProblem,
  printable,
  printableJson,
  STATE_NAME,
} from './names.ts'

/** Strings made of what makes names dangerous, and of anything else. */
const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '/',
        '\\',
        '.',
        '..',
        '\0',
        '\n',
        '\x1b[2J',
        '\u202e',
        '\u200b',
        '\u200d',
        '\ufeff',
        'CON',
      ),
      fc.constantFrom(
        '\u{1f3f4}',
        '\u{e0041}',
        '\u{e007f}',
        '\ud800',
        ' ',
        ':',
        '1',
        STATE_NAME,
        PARTIAL_PREFIX,
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.string({ maxLength: 4 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''))

describe('nameProblem', () => {
  it('P-7.5: accepts no name that is dangerous somewhere', () => {
    fc.assert(
      fc.property(hostileText, (name) => {
        if (nameProblem(name) !== undefined) return
        expect(['', '.', '..']).not.toContain(name)
        expect(name).not.toMatch(/[\0/\p{Cc}\p{Zl}\p{Zp}\p{Bidi_C}\p{Cs}]/u)
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(LIMITS.name)
        const rest = name.replace(/\u{1f3f4}[\u{e0020}-\u{e007f}]+/gu, '').replace(/[\u200c\u200d]/g, '')
        expect(rest).not.toMatch(/\p{Cf}/u)
      }),
      { numRuns: 3_000 },
    )
  })

  it('P-7.5: counts bytes, not characters', () => {
    expect(nameProblem('a'.repeat(255))).toBeUndefined()
    expect(nameProblem('a'.repeat(256))).toMatch('longer')
    expect(nameProblem('€'.repeat(85))).toBeUndefined()
    expect(nameProblem('€'.repeat(86))).toMatch('longer')
  })

  it('P-7.5: allows joiners and flags, but no other invisible characters', () => {
    for (const name of ['👨‍👩‍👧', 'می‌خواهم', '🏴󠁧󠁢󠁥󠁮󠁧󠁿']) expect(nameProblem(name), name).toBeUndefined()
    for (const name of ['a1\u{e0041}', '#\u{e0041}', '\u{e0041}', 'a\u00ad', '👨\u{e0041}'])
      expect(nameProblem(name), escaped(name)).toMatch('control character U+')
  })

  it('P-7.5: says which character it refuses', () => {
    expect(nameProblem('a\u202eb')).toBe('a name contains the control character U+202E')
    expect(nameProblem('a/b')).toBe('a name contains a slash')
    expect(nameProblem('\ud800')).toBe('a name is not valid Unicode')
  })

  it('P-7.6: reserves the names of the server under every spelling that some file system takes for the same', () => {
    for (const reserved of [STATE_NAME, `${PARTIAL_PREFIX}0123`]) {
      const spellings = [
        reserved,
        reserved.toUpperCase(),
        reserved.replace('f', 'ｆ'),
        reserved.replace('-', '\u200c-'),
      ]
      for (const name of [...spellings, reserved.replace('s', 'ſ'), `\u200d${reserved}`])
        expect(nameProblem(name), escaped(name)).toBe('a name is reserved for the server')
    }
    for (const name of ['.ftp-serverx', '.ftp-part', 'ftp-server', 'x.ftp-part-'])
      expect(nameProblem(name)).toBeUndefined()
  })
})

describe('portabilityProblem', () => {
  it('P-7.7: finds Windows devices whatever their case and ending', () => {
    for (const device of ['con', 'prn', 'aux', 'nul', 'com1', 'lpt9', 'com³', 'conin$', 'conout$']) {
      for (const name of [device, device.toUpperCase(), `${device}.txt`, `${device}.tar.gz`, `${device} .x`])
        expect(portabilityProblem(name), name).toMatch('device on Windows')
      expect(portabilityProblem(`${device}x`)).toBeUndefined()
      expect(portabilityProblem(`x.${device}`)).toBeUndefined()
    }
  })

  it('P-7.7: finds every character and ending that Windows cannot store', () => {
    for (const character of '<>:"|?*\\') expect(portabilityProblem(`a${character}b`)).toMatch('cannot store')
    for (const name of ['a.', 'a ', '...']) expect(portabilityProblem(name)).toMatch('Windows drops')
    for (const name of ['a', ' a', '.a', 'a.b', "it's", 'é']) expect(portabilityProblem(name)).toBeUndefined()
  })
})

describe('collisionKey', () => {
  it('P-7.6: is the same for names that differ in case, composition or compatibility', () => {
    expect(collisionKey('straße')).toBe(collisionKey('STRASSE'))
    expect(collisionKey('é')).toBe(collisionKey('e\u0301'))
    expect(collisionKey('ﬁle')).toBe(collisionKey('FILE'))
    expect(collisionKey('a')).not.toBe(collisionKey('b'))
  })
})

describe('printableJson', () => {
  it.each(['two\nlines', '\x7f', 'C1 \x9b', '\u2028', '\u202e', '\u{e0041}', 'a\ud800', 'é😀'])(
    'makes a line of it that says %j',
    (text) => {
      const line = printableJson(JSON.stringify({ text }))
      expect(line).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]*$/u)
      expect(JSON.parse(line)).toEqual({ text })
    },
  )
})

describe('printable', () => {
  it('P-4.8: leaves no character that moves a cursor, hides or reorders text', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(printable(text).replaceAll('\u200d', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
        expect(printable(printable(text))).toBe(printable(text))
      }),
      { numRuns: 2_000 },
    )
  })

  it('P-4.8: shows what it takes away, and leaves ordinary text alone', () => {
    expect(printable('a\x1b[2J\n\u202e\ud800')).toBe('a\\u{1b}[2J\\u{a}\\u{202e}\\u{d800}')
    for (const text of ['', 'a b.txt', 'é日本😀', '👨‍👩‍👧']) expect(printable(text)).toBe(text)
  })
})

function escaped(name: string): string {
  return JSON.stringify(name).replace(/[^ -~]/gu, (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`)
}
