import { expect, it } from 'vitest'
import { cookieOf, formatCookie } from './cookies.ts'

it.each([
  [undefined, undefined],
  ['', undefined],
  ['a=1', '1'],
  ['b=2; a=1', '1'],
  ['a=', ''],
  [' a=x=y ; c', 'x=y'],
  ['a=1; a=2', undefined],
  ['aa=1; A=2', undefined],
  ['a = 1', undefined],
])('the cookie a in %j is %j', (header, value) => {
  expect(cookieOf(header, 'a')).toBe(value)
})

it('a cookie is not for scripts, nor for requests of other sites', () => {
  const options = { name: '__Host-a', path: '/', isSecure: true, isLax: false, maxAgeSeconds: 60 }
  expect(formatCookie({ ...options, value: 'v' })).toBe(
    '__Host-a=v; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure',
  )
  expect(formatCookie({ ...options, value: '', isSecure: false, isLax: true })).toBe(
    '__Host-a=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax',
  )
})
