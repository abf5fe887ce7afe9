import { chinese } from './chinese.ts'
import { english, type Texts } from './english.ts'

/** The catalogues by language, as in BCP 47. */
const CATALOGUES: Readonly<Record<string, Texts>> = { en: english, zh: chinese }

/** The first of the user's languages that the page speaks. */
export const language = languageOf(globalThis.navigator?.languages ?? [])

/** Everything that the page says. */
export const texts: Texts = CATALOGUES[language] ?? english

/** @param wanted language tags, the preferred one first */
export function languageOf(wanted: readonly string[]): string {
  for (const tag of wanted) {
    const [primary = ''] = tag.toLowerCase().split('-')
    if (Object.hasOwn(CATALOGUES, primary)) return primary
  }
  return 'en'
}
