/** What JSON leaves as it is and a terminal does not: C1 controls, changes of direction, separators. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/** Makes a line of JSON printable, its line break apart, without changing what it means. */
export function printableJson(line: string): string {
  if (/^[\x20-\x7e]*\n?$/.test(line)) return line
  return line.replace(UNSAFE, (character) =>
    character === '\n'
      ? character
      : Array.from(
          { length: character.length },
          (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
        ).join(''),
  )
}
