import { createHash, randomBytes } from 'node:crypto'

/** The kinds of secrets that the server makes, each with its prefix, by which people and scanners recognise it. */
const PREFIXES = { token: 'ftpt_', link: 'ftpl_', session: 'ftps_', visit: 'ftpv_' } as const

export type SecretKind = keyof typeof PREFIXES

/** 160 random bits, which are at most 31 digits in base 36. */
const [BYTES, DIGITS] = [20, 31]

/** Makes a secret that cannot be guessed. The server keeps only its {@link hashOf}, and cannot show it again. */
export function newSecret(kind: SecretKind): string {
  const number = BigInt(`0x${randomBytes(BYTES).toString('hex')}`)
  return PREFIXES[kind] + number.toString(36).padStart(DIGITS, '0')
}

/** Whether a text has the form of such a secret. */
export function isSecret(kind: SecretKind, text: string): boolean {
  return text.startsWith(PREFIXES[kind]) && /^[0-9a-z]{31}$/.test(text.slice(PREFIXES[kind].length))
}

/** What is stored of a secret. It needs no salt and no slow function, because nobody can try 2^160 secrets. */
export function hashOf(secret: string): Uint8Array {
  return createHash('sha256').update(secret).digest()
}
