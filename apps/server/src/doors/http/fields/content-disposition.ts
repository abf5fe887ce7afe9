/** Characters that a parameter in extended notation may contain as they are (RFC 8187, attr-char). */
const ATTR_CHAR = /[A-Za-z0-9!#$&+.^_`|~-]/

/**
 * The header `Content-Disposition` for a file of any name (RFC 6266): `filename` in ASCII for old programs,
 * and `filename*`, which every browser prefers.
 * @param kind whether a browser is to save the file or may show it
 */
export function contentDisposition(kind: 'attachment' | 'inline', name: string): string {
  // Some programs decode %41 in the plain form; others take a backslash as it is, or cut at a quote.
  const plain = name.replace(/[^\x20-\x7e]+|["%\\]/g, '_')
  return `${kind}; filename="${plain}"; filename*=UTF-8''${encodeExtended(name)}`
}

function encodeExtended(text: string): string {
  let encoded = ''
  for (const byte of Buffer.from(text.toWellFormed())) {
    const character = String.fromCharCode(byte)
    encoded += ATTR_CHAR.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return encoded
}
