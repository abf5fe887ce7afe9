/**
 * A test of names against a pattern with `*` and `?`. It takes time in proportion to the product of both lengths at
 * most, whatever the pattern.
 */
export function matcherOf(pattern: string): (name: string) => boolean {
  const wanted = Array.from(pattern)
  return (name) => matches(wanted, Array.from(name))
}

/** Whether a name in a pattern stands for several. */
export function isPattern(name: string): boolean {
  return /[*?]/.test(name)
}

function matches(wanted: readonly string[], name: readonly string[]): boolean {
  let [at, next] = [0, 0]
  /** Where to go on if the latest star has to stand for one more character. */
  let again: { readonly at: number; readonly next: number } | undefined
  while (next < name.length) {
    if (wanted[at] === '*') {
      again = { at: at + 1, next }
      at++
    } else if (wanted[at] === '?' || wanted[at] === name[next]) {
      at++
      next++
    } else if (again !== undefined) {
      again = { at: again.at, next: again.next + 1 }
      ;({ at, next } = again)
    } else return false
  }
  return wanted.slice(at).every((character) => character === '*')
}
