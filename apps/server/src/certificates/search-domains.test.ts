import { expect, it } from 'vitest'
import { domainsIn } from './search-domains.ts'

it.each([
  ['nameserver 192.168.178.1\nsearch fritz.box\n', ['fritz.box']],
  ['domain old.example\nsearch Example.ORG. lan\toffice.example\n', ['example.org', 'lan', 'office.example']],
  ['search first\nsearch last', ['last']],
  ['# search commented\n search indented\n', []],
  ['search .\n', []],
  [`search ${Array.from({ length: 9 }, (_, i) => `d${i}`).join(' ')}`, ['d0', 'd1', 'd2', 'd3', 'd4', 'd5']],
  ['', []],
])('the search domains of %j are %j', (text, domains) => {
  expect(domainsIn(text)).toEqual(domains)
})
