import { expect, it } from 'vitest'
import { isForeignWrite } from './cross-site.ts'

const OWN = 'https://nas:7021'

it.each([
  ['PUT', {}, false],
  ['PUT', { origin: OWN }, false],
  ['PUT', { origin: 'https://NAS:7021' }, false],
  ['PUT', { origin: 'https://evil.test' }, true],
  ['PUT', { origin: 'http://nas:7021' }, true],
  ['PUT', { origin: 'https://nas' }, true],
  ['PUT', { origin: 'null' }, true],
  ['PUT', { origin: '' }, true],
  ['PUT', { secFetchSite: 'same-origin' }, false],
  ['PUT', { secFetchSite: 'none' }, false],
  ['PUT', { secFetchSite: 'same-site' }, true],
  ['PUT', { secFetchSite: 'cross-site', origin: OWN }, true],
  ['PUT', { secFetchSite: '' }, true],
  ['POST', { origin: 'https://evil.test' }, true],
  ['DELETE', { secFetchSite: 'cross-site' }, true],
  ['MKCOL', { secFetchSite: 'cross-site' }, true],
  ['GET', { secFetchSite: 'cross-site' }, false],
  ['HEAD', { origin: 'https://evil.test' }, false],
] as const)('%s with %j is a write of another site: %j', (method, headers, isForeign) => {
  expect(isForeignWrite(method, headers, OWN)).toBe(isForeign)
})
