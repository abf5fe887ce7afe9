/*
 * The few forms of RFC 9651, structured fields, that the headers here have. Each function returns undefined
 * if the text does not have that form; none guesses.
 */

/** An integer of at most 15 digits, without a sign: `Upload-Offset: 5`. */
export function parseCount(text: string): number | undefined {
  return /^ *\d{1,15} *$/.test(text) ? Number(text) : undefined
}

/** A boolean: `Upload-Complete: ?1`. */
export function parseBoolean(text: string): boolean | undefined {
  const [, digit] = /^ *\?([01]) *$/.exec(text) ?? []
  return digit === undefined ? undefined : digit === '1'
}

/** One item of a dictionary: a key, and perhaps a byte sequence or another bare item without parameters. */
const MEMBER =
  /^[ \t]*([a-z*][a-z0-9_.*-]*)(?:=(?::([A-Za-z0-9+/]*={0,2}):|\?[01]|[A-Za-z0-9*.+-][^,:;="\s]*))?[ \t]*$/

/**
 * The byte sequences of a dictionary: `Repr-Digest: md5=:…:, sha-256=:…:`. Members of other types are
 * undefined.
 * @returns undefined if the field is not a dictionary, or has a key twice
 */
export function parseByteSequences(text: string): ReadonlyMap<string, Uint8Array | undefined> | undefined {
  const members = new Map<string, Uint8Array | undefined>()
  for (const part of text.split(',')) {
    const [, key, base64] = MEMBER.exec(part) ?? []
    if (key === undefined || members.has(key)) return undefined
    members.set(key, base64 === undefined ? undefined : Buffer.from(base64, 'base64'))
  }
  return members
}

/** Bytes as a byte sequence. */
export function formatBytes(bytes: Uint8Array): string {
  return `:${Buffer.from(bytes).toString('base64')}:`
}
