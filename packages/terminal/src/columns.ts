/**
 * A table as people read it: each column as wide as its widest cell, two spaces between them.
 * @param widths of a table that comes in pages: the columns are at least as wide as on the pages before
 * @returns its lines
 */
export function alignColumns(rows: readonly (readonly string[])[], widths: number[] = []): string[] {
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length)
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
