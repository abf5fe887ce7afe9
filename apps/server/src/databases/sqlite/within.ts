/**
 * The SQL condition that the path in a column is `:home` or below it. Paths are relative to the root, which
 * is empty.
 */
export function isWithinHome(column: string): string {
  return `(:home = '' OR ${column} = :home OR substr(${column}, 1, length(:home) + 1) = :home || '/')`
}
