import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseHeader } from './json.ts'
import { LIMITS } from './limits.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const parse = (text: string): unknown => parseHeader(bytesOf(text))
const REFUSED = expect.objectContaining({ name: 'TransferError', code: 'protocol' })

describe('parseHeader', () => {
  it('P-4.1: reads any object that JSON.stringify writes', () => {
    const value = fc.jsonValue({ maxDepth: LIMITS.jsonDepth - 2, noUnicodeString: false })
    const object = fc.dictionary(fc.string({ unit: 'binary' }), value)
    fc.assert(
      fc.property(object, (written) => {
        const text = JSON.stringify(written)
        expect(JSON.stringify(parse(text))).toBe(text)
      }),
    )
  })

  it('P-4.1, P-4.4: throws nothing but a violation, whatever the bytes', () => {
    const almost = fc.stringMatching(/^[{}[\]",:\\ua0-9e]{0,40}$/).map(bytesOf)
    fc.assert(
      fc.property(fc.oneof(almost, fc.uint8Array({ maxLength: 60 })), (bytes) => {
        try {
          expect(parseHeader(bytes)).toEqual(JSON.parse(new TextDecoder().decode(bytes)))
        } catch (error) {
          expect(error).toEqual(REFUSED)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it.each(['null', '[]', '"x"', '1', 'true', '', ' '])('P-4.1: refuses %j, which is no object', (text) => {
    expect(() => parse(text)).toThrow(REFUSED)
  })

  it.each([
    '{}x',
    '{}{}',
    '{} 1',
    '{}\0',
    '{"a":1',
    '{"a"}',
    '{"a":1,}',
    "{'a':1}",
    '{a:1}',
    '{"a":01}',
    '{"a',
  ])('P-4.1: refuses %j, which is no JSON', (text) => {
    expect(() => parse(text)).toThrow(REFUSED)
  })

  it('P-4.1: allows white space, refuses a byte order mark', () => {
    expect(parse(' \r\n\t{ "a" : 1 } \n')).toEqual({ a: 1 })
    expect(() => parse('\ufeff{"a":1}')).toThrow(REFUSED)
  })

  it.each([
    ['a stray byte', [0xff]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a cut character', [0xe2, 0x82]],
    ['a code point beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
  ])('P-4.1: refuses %s in UTF-8', (_, bytes) => {
    const header = Uint8Array.from([...bytesOf('{"a":"'), ...bytes, ...bytesOf('"}')])
    expect(() => parseHeader(header)).toThrow(REFUSED)
  })

  it.each([
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '{"\\u0061":1,"b":0,"a":2}',
    '{"/":1,"\\/":2}',
    '{"x":{"a":1,"a":1}}',
    '{"x":[{"a":1,"a":1}]}',
    '{"a":{"b":1},"a":2}',
    '{"a":[1,"a",{}],"a":2}',
    '{"a":"}","a":2}',
    '{"a":"\\"","a":2}',
    '{"a":"\\\\","a":2}',
    '{"__proto__":1,"__proto__":2}',
    '{"":1,"":2}',
    '{ "a" :1 , "a" :2}',
  ])('P-4.2: refuses %s, a key twice', (text) => {
    expect(() => parse(text)).toThrow(REFUSED)
  })

  it.each([
    '{"a":"a"}',
    '{"a":["a","a"]}',
    '{"a":{"a":{"a":1}},"b":{"a":1}}',
    '{"a":"\\",\\"a\\":"}',
    '{"a":1,"A":2}',
  ])('P-4.2: takes %s, where no key is twice', (text) => {
    expect(parse(text)).toEqual(JSON.parse(text))
  })

  it('P-4.2: finds a repeated key however it is escaped', () => {
    const escapeAll = (key: string): string =>
      Array.from(
        { length: key.length },
        (_, i) => `\\u${key.charCodeAt(i).toString(16).padStart(4, '0')}`,
      ).join('')
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.string(), (key, other) => {
        fc.pre(key !== other)
        const [plain, spelt] = [JSON.stringify(key), `"${escapeAll(key)}"`]
        expect(() => parse(`{${plain}:1,${JSON.stringify(other)}:2,${spelt}:3}`)).toThrow(REFUSED)
      }),
    )
  })

  it('P-4.3: allows 8 levels, refuses 9, and refuses 10,000 quickly', () => {
    expect(parse(`{"a":${'['.repeat(7)}${']'.repeat(7)}}`)).toBeDefined()
    expect(parse('{"a":{"a":{"a":{"a":{"a":{"a":{"a":{}}}}}}}}')).toBeDefined()
    expect(() => parse(`{"a":${'['.repeat(8)}${']'.repeat(8)}}`)).toThrow(REFUSED)
    expect(() => parse('{"a":'.repeat(10_000))).toThrow(REFUSED)
    expect(() => parse('['.repeat(10_000))).toThrow(REFUSED)
  })

  it('P-4.3: does not count brackets inside strings', () => {
    expect(parse(`{"a":"${'[{'.repeat(20)}"}`)).toBeDefined()
  })

  it('P-4.6: keeps __proto__ as a key like any other and touches no prototype', () => {
    const header = parse('{"__proto__":{"admin":true}}')
    expect(Object.keys(header as object)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(header)).toBe(Object.prototype)
    expect('admin' in {}).toBe(false)
  })
})
