import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatBytes, parseBoolean, parseByteSequences, parseCount } from './structured-fields.ts'

describe('a structured field', () => {
  it.each([
    ['0', 0],
    ['5', 5],
    [' 007 ', 7],
    ['999999999999999', 999_999_999_999_999],
    ['1000000000000000', undefined],
    ['-1', undefined],
    ['+1', undefined],
    ['1.0', undefined],
    ['1e3', undefined],
    ['1, 2', undefined],
    ['1;a=2', undefined],
    ['', undefined],
    ['Infinity', undefined],
  ])('%j is the count %j', (text, count) => {
    expect(parseCount(text)).toBe(count)
  })

  it.each([
    ['?1', true],
    ['?0', false],
    [' ?1 ', true],
    ['1', undefined],
    ['true', undefined],
    ['?2', undefined],
    ['?1, ?0', undefined],
    ['', undefined],
  ])('%j is the boolean %j', (text, value) => {
    expect(parseBoolean(text)).toBe(value)
  })

  it.each([
    ['md5=:AQID:', { md5: [1, 2, 3] }],
    ['sha-256=:AQ==:, md5=:AQID:', { 'sha-256': [1], md5: [1, 2, 3] }],
    ['md5=:AQID:,a=1,b', { md5: [1, 2, 3], a: undefined, b: undefined }],
    ['md5=::', { md5: [] }],
  ])('%j has the byte sequences %j', (text, expected) => {
    const parsed = parseByteSequences(text)
    expect(
      parsed && Object.fromEntries([...parsed].map(([key, bytes]) => [key, bytes && [...bytes]])),
    ).toEqual(expected)
  })

  it.each([
    '',
    'md5=:AQID',
    'md5=:A!:',
    'md5=:AQID:, md5=:AQID:',
    'MD5=:AQID:',
    ',',
    '=',
    'a=',
    'md5=:AQID:;x',
  ])('%j is no dictionary of byte sequences', (text) => {
    expect(parseByteSequences(text)).toBeUndefined()
  })

  it('gives back the bytes that were written', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const parsed = parseByteSequences(`md5=${formatBytes(bytes)}`)?.get('md5')
        expect(parsed && Buffer.from(parsed).equals(bytes)).toBe(true)
      }),
    )
  })

  it('of any text throws nothing', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        parseByteSequences(text)
        parseCount(text)
        parseBoolean(text)
      }),
    )
  })
})
