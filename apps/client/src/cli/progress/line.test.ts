import { printable } from '@ftp/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type LineState, line } from './line.ts'

const HALF: LineState = {
  name: 'holiday-pictures-of-2024.tar.gz',
  phase: '',
  position: 512 * 1024 ** 2,
  size: 1024 ** 3,
  bytesPerSecond: 64 * 1024 ** 2,
}

/** Columns of a terminal, for the characters that these tests use. */
function columnsOf(text: string): number {
  const wide = /[\u3041-\u30ff\u4e00-\u9fff\uac00-\ud7a3]|\p{Emoji_Presentation}/u
  const clusters = [...new Intl.Segmenter().segment(text)]
  return clusters.reduce((sum, { segment }) => sum + (wide.test(segment) ? 2 : 1), 0)
}

describe('the progress line', () => {
  it('at 80 columns', () => {
    expect(line(HALF, 80)).toMatchInlineSnapshot(
      `"holiday-picture…4.tar.gz ████████░░░░░░░░  50%  512.0 MiB   64.0 MiB/s    0:08 "`,
    )
    expect(line({ ...HALF, name: 'a.txt', size: undefined }, 80)).toMatchInlineSnapshot(
      `"a.txt                                           512.0 MiB   64.0 MiB/s         "`,
    )
    expect(line({ ...HALF, position: 0, bytesPerSecond: 0, phase: 'checking' }, 80)).toMatchInlineSnapshot(
      `"holiday-picture…4.tar.gz ░░░░░░░░   0%        0 B                      checking"`,
    )
  })

  it('at 40 columns', () => {
    expect(line(HALF, 39)).toBe('holiday-p…r.gz 50% 512.0 MiB 64.0 MiB/s')
    expect(line({ ...HALF, name: 'total 15 of 31' }, 39)).toBe('total 15 of 31 50% 512.0 MiB 64.0 MiB/s')
    expect(line({ ...HALF, name: 'a', phase: 'checking' }, 39)).toBe(
      'a              50% 512.0 MiB 64.0 MiB/s',
    )
  })

  it('says why nothing moves, instead of a speed and a time that are not true', () => {
    const still = { ...HALF, standstill: 'no answer for 12 s' }
    expect(line(still, 80)).toMatch(/512\.0 MiB +no answer for 12 s$/)
    expect(line(still, 39)).toMatch(/ no answer for 12 s$/)
    expect(line(still, 80)).not.toMatch(/MiB\/s|0:08/)
  })

  it('at 200 columns', () => {
    expect(line(HALF, 200)).toMatchInlineSnapshot(
      `"holiday-pictures-of-2024.tar.gz                  ████████████████████░░░░░░░░░░░░░░░░░░░░  50%  512.0 MiB   64.0 MiB/s    0:08 "`,
    )
  })

  it('is full at the end, and for an empty file', () => {
    for (const done of [
      { ...HALF, position: 1024 ** 3 },
      { ...HALF, position: 0, size: 0 },
    ]) {
      expect(line(done, 80)).toContain('100%')
      expect(line(done, 80)).not.toContain('░')
    }
    expect(line({ ...HALF, position: 1024 ** 3 - 1 }, 80)).toContain(' 99%')
  })

  it('takes as many columns for names whose characters are wide', () => {
    for (const name of [
      '日本語のとても長いファイル名です.txt',
      '한국어.txt',
      '👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧.jpg',
    ])
      expect(columnsOf(line({ ...HALF, name }, 80)), name).toBe(columnsOf(line(HALF, 80)))
  })

  it('is never longer than the terminal is wide, and never harms it, whatever the file is called', () => {
    const name = fc.string({
      unit: fc.oneof(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
        fc.constantFrom('\x1b[2J', '\u202e', '\ud83d', '日', '👨‍👩‍👧', 'e\u0301', '\n', '\u0085', 'a'),
      ),
      maxLength: 60,
    })
    const bytes = fc.oneof(fc.nat(), fc.maxSafeNat())
    const state = fc.record({
      name,
      phase: fc.constantFrom('', 'checking', 'storing'),
      position: bytes,
      size: fc.option(bytes, { nil: undefined }),
      bytesPerSecond: fc.oneof(fc.constant(0), fc.double({ min: 1e-9, max: 1e12, noNaN: true })),
    })
    fc.assert(
      fc.property(state, fc.integer({ min: 1, max: 250 }), (shown, columns) => {
        const text = line(shown, columns)
        expect(columnsOf(text)).toBeLessThanOrEqual(columns)
        expect(text.isWellFormed()).toBe(true)
        expect(printable(text)).toBe(text)
      }),
      { numRuns: 2_000 },
    )
  })
})
