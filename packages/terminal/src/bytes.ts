export { formatBytes } from '@ftp/protocol'

/**
 * Parses a size as people write it, by the rules of coreutils: `500`, `10G`, `1.5 TiB` (powers of 1024),
 * `10GB` (powers of 1000).
 * @returns the number of bytes; undefined for anything else, or for more than a file can have
 */
export function parseBytes(text: string): number | undefined {
  const [, number, prefix = '', kind = ''] = /^(\d+(?:\.\d+)?)\s*([kmgtp]?)(i?b)?$/i.exec(text.trim()) ?? []
  if (number === undefined || (prefix === '' && kind.length > 1)) return undefined
  const base = kind.toLowerCase() === 'b' ? 1000 : 1024
  const bytes = Math.round(Number(number) * base ** ' kmgtp'.indexOf(prefix.toLowerCase() || ' '))
  return Number.isSafeInteger(bytes) ? bytes : undefined
}
