/**
 * Formats a table: each column is as wide as its widest cell, and two spaces separate the columns.
 * @param widths for a table in pages: the columns are at least as wide as on the previous pages
 * @returns the lines
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
