/**
 * Breaks a text between words, so that no word is broken by the terminal: somebody may have to compare or copy it. Lines
 * after the first are indented by two spaces.
 * @param columns the width of the terminal; undefined if there is none
 */
export function wrap(text: string, columns: number | undefined): string {
  if (columns === undefined || text.length <= columns) return text
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (longer.length <= columns || line === '') line = longer
    else {
      lines.push(line)
      line = `  ${word}`
    }
  }
  return [...lines, line].join('\n')
}
