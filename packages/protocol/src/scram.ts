import { createHash, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto'
import { TransferError } from './errors.ts'

/*
 * The common part of both sides of SCRAM-SHA-256 (RFC 5802, RFC 7677): keys, and the grammar of the messages.
 * The sides are in scram-client.ts and scram-server.ts.
 */

/**
 * The key material to which a login over TLS is bound (RFC 9266, section 4.2), with a context of zero bytes.
 */
export const TLS_EXPORTER = { label: 'EXPORTER-Channel-Binding', length: 32 } as const

/** The SASL name of the login without an account (RFC 4505). */
export const ANONYMOUS_MECHANISM = 'ANONYMOUS'

/**
 * The name of the mechanism.
 * @param bound whether the channel has data to bind to: the PLUS mechanism is for TLS only, and the other one
 * never is
 */
export function scramMechanism(bound: boolean): string {
  return bound ? 'SCRAM-SHA-256-PLUS' : 'SCRAM-SHA-256'
}

const KEY_BYTES = 32

/**
 * The keys with which a client proves its password. They can be kept instead of the password, because they
 * work for this server alone.
 */
export interface ScramKeys {
  readonly salt: Uint8Array
  readonly iterations: number
  readonly clientKey: Uint8Array
  readonly serverKey: Uint8Array
}

/** What a server stores of a password. It cannot be used to log in. */
export interface ScramVerifier {
  readonly salt: Uint8Array
  readonly iterations: number
  readonly storedKey: Uint8Array
  readonly serverKey: Uint8Array
}

/**
 * Derives keys from a password (RFC 5802, section 3). Takes about 0.1 s with 600,000 iterations, in the
 * thread pool.
 */
export async function deriveKeys(password: string, salt: Uint8Array, iterations: number): Promise<ScramKeys> {
  const prepared = preparePassword(password)
  const salted = await new Promise<Buffer>((resolve, reject) => {
    pbkdf2(prepared, salt, iterations, KEY_BYTES, 'sha256', (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
  return { salt, iterations, clientKey: hmac(salted, 'Client Key'), serverKey: hmac(salted, 'Server Key') }
}

/** The verifier that the server stores for these keys. */
export function verifierOf({ salt, iterations, clientKey, serverKey }: ScramKeys): ScramVerifier {
  return { salt, iterations, storedKey: sha256(clientKey), serverKey }
}

/**
 * The iterations of PBKDF2 for new passwords (OWASP's count for SHA-256), and for the invented verifiers of
 * unknown users. A higher number would distinguish accounts with older passwords from unknown users.
 */
export const PASSWORD_ITERATIONS = 600_000
/** The length of the salt of a new password in bytes. */
export const SALT_BYTES = 16

/** The longest password in bytes of UTF-8: nobody should be able to make the server hash a whole book. */
const PASSWORD_BYTES = 1_024

/**
 * Prepares a password for hashing by the OpaqueString profile (RFC 8265, section 4.2, which replaced
 * SASLprep), so that it does not matter how a keyboard composes an `é`. Spaces of other scripts become
 * ordinary ones. Characters that Unicode has not assigned are accepted, because programs with different
 * versions of Unicode would disagree about them.
 * @throws TransferError `bad_request` if no password can have this form
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
  if (problem !== undefined) throw new TransferError('bad_request', `this cannot be a password: ${problem}`)
  return prepared
}

/** The minimum length, in characters, of a new password (NIST SP 800-63B, 3.1.1.2). */
const LEAST_PASSWORD = 8

/**
 * Prepares a new password for hashing, after checking its length. Existing passwords may be shorter.
 * @throws TransferError `bad_request`
 */
export function requireNewPassword(password: string): string {
  const prepared = preparePassword(password)
  if ([...prepared].length < LEAST_PASSWORD)
    throw new TransferError(
      'bad_request',
      `the password is too short; use at least ${LEAST_PASSWORD} characters`,
    )
  return prepared
}

/** Proves that the client has its key, in this very exchange. */
export function clientProof(clientKey: Uint8Array, authMessage: string): Buffer {
  return xor(clientKey, hmac(sha256(clientKey), authMessage))
}

/** Whether a proof was created with the key to which `storedKey` belongs. Takes constant time. */
export function isProof(proof: Uint8Array, storedKey: Uint8Array, authMessage: string): boolean {
  const clientKey = xor(proof, hmac(storedKey, authMessage))
  return equal(sha256(clientKey), storedKey)
}

/** Proves that the server knows the account. */
export function serverSignature(serverKey: Uint8Array, authMessage: string): Buffer {
  return hmac(serverKey, authMessage)
}

/** Takes constant time for equal lengths. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
}

/** @returns undefined unless the text is exactly what `base64` would write */
export function fromBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}

/**
 * Reads the values of exactly these attributes, in this order: `r=…,s=…,i=…`.
 * @returns undefined for anything else
 */
export function attributes<const N extends readonly string[]>(
  message: string,
  names: N,
): { readonly [K in keyof N]: string } | undefined {
  const pattern = new RegExp(`^${names.map((name) => `${name}=([^,]*)`).join(',')}$`)
  const [, ...values] = pattern.exec(message) ?? []
  // The pattern has one group for each name.
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
