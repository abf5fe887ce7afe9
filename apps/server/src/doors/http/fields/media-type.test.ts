import fc from 'fast-check'
import { mimes } from 'mrmime'
import { expect, it } from 'vitest'
import { presentationOf } from './media-type.ts'

it.each([
  ['a.png', 'image/png', true],
  ['a.JPG', 'image/jpeg', true],
  ['a.mp4', 'video/mp4', true],
  ['a.txt', 'text/plain; charset=utf-8', true],
  ['a.pdf', 'application/pdf', true],
  ['a.zip', 'application/zip', false],
  ['a.html', 'application/octet-stream', false],
  ['a.HTM', 'application/octet-stream', false],
  ['a.xhtml', 'application/octet-stream', false],
  ['a.svg', 'application/octet-stream', false],
  ['a.xml', 'application/octet-stream', false],
  ['a.js', 'application/octet-stream', false],
  ['a.mjs', 'application/octet-stream', false],
  ['a.css', 'application/octet-stream', false],
  ['a.wasm', 'application/octet-stream', false],
  ['a.webmanifest', 'application/octet-stream', false],
  ['noextension', 'application/octet-stream', false],
  ['png', 'application/octet-stream', false],
  ['', 'application/octet-stream', false],
])('%j is %s, shown: %j', (name, type, isShown) => {
  expect(presentationOf(name)).toEqual({ type, isShown })
})

it('no extension gives a type that a browser runs', () => {
  for (const extension of Object.keys(mimes)) {
    const { type } = presentationOf(`a.${extension}`)
    expect(type, extension).not.toMatch(/html|xml|svg|script|wasm|css/)
  }
})

it('every name has a type, also one that is a property of every object', () => {
  const name = fc.oneof(fc.string(), fc.constantFrom('a.constructor', 'a.__proto__', 'toString'))
  fc.assert(
    fc.property(name, (text) => {
      expect(presentationOf(text).type).toMatch(/^[a-z]+\/[\x21-\x7e; ]+$/)
    }),
  )
})
