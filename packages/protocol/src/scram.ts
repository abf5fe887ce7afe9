import { createHash, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto'
import { TransferError } from './errors.ts'

/*
 * What both sides of SCRAM-SHA-256 (RFC 5802, RFC 7677) share: keys, and the grammar of its messages. The sides are in
 * scram-client.ts and scram-server.ts.
 */

/** The key material that a login over TLS is bound to (RFC 9266, section 4.2): a context of no bytes. */
export const TLS_EXPORTER = { label: 'EXPORTER-Channel-Binding', length: 32 } as const

export const ANONYMOUS_MECHANISM = 'ANONYMOUS'

/** @param bound whether the channel has something to bind to: the one mechanism is for TLS only, the other never */
export function scramMechanism(bound: boolean): string {
  return bound ? 'SCRAM-SHA-256-PLUS' : 'SCRAM-SHA-256'
}

const KEY_BYTES = 32

/** What a client proves its password with. It can be kept in the password's place: it is good for this server alone. */
export interface ScramKeys {
  readonly salt: Uint8Array
  readonly iterations: number
  readonly clientKey: Uint8Array
  readonly serverKey: Uint8Array
}

/** What a server keeps of a password. It cannot be used to log in. */
export interface ScramVerifier {
  readonly salt: Uint8Array
  readonly iterations: number
  readonly storedKey: Uint8Array
  readonly serverKey: Uint8Array
}

/** Turns a password into keys (RFC 5802, section 3). Takes about 0.1 s at 600,000 iterations, in the thread pool. */
export async function deriveKeys(password: string, salt: Uint8Array, iterations: number): Promise<ScramKeys> {
  const prepared = preparePassword(password)
  const salted = await new Promise<Buffer>((resolve, reject) => {
    pbkdf2(prepared, salt, iterations, KEY_BYTES, 'sha256', (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
  return { salt, iterations, clientKey: hmac(salted, 'Client Key'), serverKey: hmac(salted, 'Server Key') }
}

/** What the server is to keep for these keys. */
export function verifierOf({ salt, iterations, clientKey, serverKey }: ScramKeys): ScramVerifier {
  return { salt, iterations, storedKey: sha256(clientKey), serverKey }
}

/**
 * Iterations of PBKDF2 for new passwords (OWASP's count for SHA-256), and what unknown users are shown. Raising it would
 * tell accounts with older passwords from unknown ones.
 */
export const PASSWORD_ITERATIONS = 600_000
/** Bytes of the salt of a new password. */
export const SALT_BYTES = 16

/** Longest password in bytes of UTF-8: nobody can make a server's operator hash a book. */
const PASSWORD_BYTES = 1_024

/**
 * A password as it is hashed: the OpaqueString profile (RFC 8265, section 4.2, which took the place of SASLprep), so
 * that it does not matter how a keyboard composes an `é`. Spaces of other scripts become plain ones. Characters that
 * no Unicode version has assigned are let through: which these are depends on the program.
 * @throws TransferError `bad_request` when no password is like that
 */
export function preparePassword(password: string): string {
  const prepared = password.replace(/\p{Zs}/gu, ' ').normalize('NFC')
  const problem =
    prepared === ''
      ? 'it is empty'
      : !prepared.isWellFormed() || /\p{Cc}/u.test(prepared)
        ? 'it has a control character'
        : Buffer.byteLength(prepared) > PASSWORD_BYTES
          ? `it is longer than ${PASSWORD_BYTES} bytes`
          : undefined
  if (problem !== undefined) throw new TransferError('bad_request', `that cannot be a password: ${problem}`)
  return prepared
}

/** Characters that a new password has at least (NIST SP 800-63B, 3.1.1.2). */
const LEAST_PASSWORD = 8

/**
 * A password that somebody wants to have from now on, as it is hashed. Older ones may be shorter.
 * @throws TransferError `bad_request`
 */
export function requireNewPassword(password: string): string {
  const prepared = preparePassword(password)
  if ([...prepared].length < LEAST_PASSWORD)
    throw new TransferError(
      'bad_request',
      `that is too short for a password; use at least ${LEAST_PASSWORD} characters`,
    )
  return prepared
}

/** What proves that the client has its key in this very exchange. */
export function clientProof(clientKey: Uint8Array, authMessage: string): Buffer {
  return xor(clientKey, hmac(sha256(clientKey), authMessage))
}

/** Whether a proof was made by whoever has the key that `storedKey` belongs to. Constant time. */
export function isProof(proof: Uint8Array, storedKey: Uint8Array, authMessage: string): boolean {
  const clientKey = xor(proof, hmac(storedKey, authMessage))
  return equal(sha256(clientKey), storedKey)
}

/** What proves that the server knows the account. */
export function serverSignature(serverKey: Uint8Array, authMessage: string): Buffer {
  return hmac(serverKey, authMessage)
}

/** Constant time for equal lengths. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
}

/** @returns undefined for anything but the one spelling that `base64` writes */
export function fromBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}

/** Values of exactly these attributes, in this order: `r=…,s=…,i=…`. @returns undefined for anything else */
export function attributes<const N extends readonly string[]>(
  message: string,
  names: N,
): { readonly [K in keyof N]: string } | undefined {
  const pattern = new RegExp(`^${names.map((name) => `${name}=([^,]*)`).join(',')}$`)
  const [, ...values] = pattern.exec(message) ?? []
  // One group for each name.
  return values.length === names.length ? (values as { [K in keyof N]: string }) : undefined
}

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}

function xor(a: Uint8Array, b: Uint8Array): Buffer {
  return Buffer.from(a.map((byte, at) => byte ^ (b[at] ?? 0)))
}
