/** Characters that take two columns of a terminal: East Asian ones and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u
const WITHOUT_WIDTH = /[\p{Mn}\p{Me}\u200d]/gu
/** Made only when it is needed, because that takes as long as a small transfer. */
let segmenter: Intl.Segmenter | undefined

/** How many columns of a terminal a text takes. */
export function columnsOf(text: string): number {
  return charactersOf(text).reduce((sum, character) => sum + widthOf(character), 0)
}

/** The longest beginning of a text that fits into `columns`. No character is cut in two. */
export function beginning(text: string, columns: number): string {
  let [fits, taken] = ['', 0]
  for (const character of charactersOf(text)) {
    taken += widthOf(character)
    if (taken > columns) break
    fits += character
  }
  return fits
}

/** The longest end of a text that fits into `columns`. No character is cut in two. */
export function ending(text: string, columns: number): string {
  let [fits, taken] = ['', 0]
  for (const character of charactersOf(text).reverse()) {
    taken += widthOf(character)
    if (taken > columns) break
    fits = character + fits
  }
  return fits
}

/** Splits a text into what a person sees as characters; each may be several code points. */
function charactersOf(text: string): string[] {
  if (/^[\x20-\x7e]*$/.test(text)) return [...text]
  segmenter ??= new Intl.Segmenter()
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}

function widthOf(character: string): number {
  return WIDE.test(character) ? 2 : Math.max(1, [...character.replace(WITHOUT_WIDTH, '')].length)
}
