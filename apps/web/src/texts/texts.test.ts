import { expect, it } from 'vitest'
import { languageOf } from './texts.ts'

it.each([
  [['de-DE', 'zh-CN', 'en'], 'zh'],
  [['zh-TW'], 'zh'],
  [['EN-us'], 'en'],
  [['constructor', 'fr'], 'en'],
  [[], 'en'],
])('for a reader of %j it is %s', (wanted, language) => {
  expect(languageOf(wanted)).toBe(language)
})
