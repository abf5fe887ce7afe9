import { validateHeaderValue } from 'node:http'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contentDisposition } from './content-disposition.ts'

describe('Content-Disposition', () => {
  it.each([
    ['a.txt', 'a.txt', 'a.txt'],
    ['a b.txt', 'a b.txt', 'a%20b.txt'],
    ['a".exe;x=.txt', 'a_.exe;x=.txt', 'a%22.exe%3Bx%3D.txt'],
    ['50%41.txt', '50_41.txt', '50%2541.txt'],
    ['a\\b', 'a_b', 'a%5Cb'],
    ['naïve.txt', 'na_ve.txt', 'na%C3%AFve.txt'],
    ['\u{1f600}', '_', '%F0%9F%98%80'],
    ["it's (1)*", "it's (1)*", 'it%27s%20%281%29%2A'],
    ['a\r\nSet-Cookie: x', 'a_Set-Cookie: x', 'a%0D%0ASet-Cookie%3A%20x'],
  ])('of %j', (name, plain, extended) => {
    expect(contentDisposition('attachment', name)).toBe(
      `attachment; filename="${plain}"; filename*=UTF-8''${extended}`,
    )
  })

  it('is a valid header for every name, has exactly two parameters, and gives the name back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const header = contentDisposition('inline', name)
        expect(() => validateHeaderValue('content-disposition', header)).not.toThrow()
        const [, plain = '', extended = ''] =
          /^inline; filename="([^"]*)"; filename\*=UTF-8''([^;" ]*)$/.exec(header) ?? []
        expect(plain).toMatch(/^[\x20-\x7e]*$/)
        expect(decodeURIComponent(extended)).toBe(name.toWellFormed())
      }),
    )
  })
})
