/** A number of things, in words: `1 file`, `2 files`. @param thing in the singular */
export function count(number: number, thing: string): string {
  const plural = /[^aeiou]y$/.test(thing) ? `${thing.slice(0, -1)}ies` : `${thing}s`
  return `${number} ${number === 1 ? thing : plural}`
}
