import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseBasic } from './basic.ts'

const encoded = (text: string | Uint8Array): string => Buffer.from(text).toString('base64')

it.each([
  [`Basic ${encoded('anna:secret')}`, 'anna', 'secret'],
  [`bAsIc   ${encoded('anna:a:b')} `, 'anna', 'a:b'],
  [`Basic ${encoded('änna:pässword')}`, 'änna', 'pässword'],
  [`Basic ${encoded('anna:')}`, 'anna', ''],
])('%s', (header, user, password) => {
  expect(parseBasic(header)).toEqual({ user, password })
})

it.each([
  '',
  'Basic',
  'Basic ',
  'Basic !!!',
  `Bearer ${encoded('anna:secret')}`,
  `Basic ${encoded('anna')}`,
  `Basic ${encoded(':secret')}`,
  `Basic ${encoded(Uint8Array.of(0x61, 0x3a, 0xff))}`,
  `Basic ${encoded('a:b')}, Basic ${encoded('a:b')}`,
  `Basic ${encoded(`anna:${'x'.repeat(10_000)}`)}`,
])('%j is none', (header) => {
  expect(parseBasic(header)).toBeUndefined()
})

it('gives back every name and password', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 50 })
  fc.assert(
    fc.property(text, text, (user, password) => {
      if (user === '' || user.includes(':')) return
      expect(parseBasic(`Basic ${encoded(`${user}:${password}`)}`)).toEqual({ user, password })
    }),
  )
})
