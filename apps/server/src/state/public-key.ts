import { createHash, createPublicKey, type webcrypto } from 'node:crypto'
import { TransferError } from '@ftp/protocol'

/** A public key of SSH. */
export interface PublicKey {
  /** `ssh-ed25519`, `ssh-rsa` or `ecdsa-sha2-nistp256`, `384`, `521`. */
  readonly type: string
  /** The key in the form in which SSH sends it (RFC 4253, section 6.6). */
  readonly blob: Uint8Array
  /** As OpenSSH writes it: `SHA256:` and 43 characters. */
  readonly fingerprint: string
  /** The comment after the key in its file: usually the name of its owner and of a machine. */
  readonly comment: string
}

/** The minimum number of bits of an RSA key. */
const RSA_BITS = 2_048
const CURVES: Readonly<Record<string, string>> = { nistp256: 'P-256', nistp384: 'P-384', nistp521: 'P-521' }
const KNOWN = 'an OpenSSH public key: ssh-ed25519, ecdsa-sha2-nistp256, 384 or 521, or ssh-rsa'

/**
 * Parses the line of a `.pub` file of OpenSSH.
 * @throws TransferError `bad_request` if it is not such a line, or if its key is too weak
 */
export function parsePublicKey(text: string): PublicKey {
  const line = text.trim()
  if (line.includes('PRIVATE KEY'))
    throw new TransferError(
      'bad_request',
      'this is a private key; use the public one, in the file whose name ends in .pub',
    )
  const [type = '', encoded = '', ...comment] = line.split(/[ \t]+/)
  const blob = Buffer.from(encoded, 'base64')
  if (/[\r\n]/.test(line) || blob.toString('base64') !== encoded || blob.length === 0)
    throw new TransferError('bad_request', `this is not ${KNOWN}`)
  requireStrong(type, blob)
  return { type, blob, fingerprint: fingerprintOf(blob), comment: comment.join(' ').slice(0, 200) }
}

/** The fingerprint of a key as OpenSSH writes it. */
export function fingerprintOf(blob: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`
}

function requireStrong(type: string, blob: Buffer): void {
  let bits: number | undefined
  try {
    const key = createPublicKey({ key: toJwk(type, blob), format: 'jwk' })
    bits = key.asymmetricKeyDetails?.modulusLength
  } catch (error) {
    throw new TransferError('bad_request', `this is not ${KNOWN}`, { cause: error })
  }
  if (bits !== undefined && bits < RSA_BITS)
    throw new TransferError(
      'bad_request',
      `an RSA key of ${bits} bits is too weak; make a stronger one with: ssh-keygen -t ed25519`,
    )
}

/** @throws RangeError if the blob is not a key of this type */
function toJwk(type: string, blob: Buffer): webcrypto.JsonWebKey {
  const [inner = '', ...fields] = fieldsOf(blob)
  if (inner.toString() !== type) throw new RangeError('the key has another type')
  const [first = Buffer.alloc(0), second = Buffer.alloc(0), ...rest] = fields
  const isComplete = rest.length === 0 && fields.length === (type === 'ssh-ed25519' ? 1 : 2)
  if (!isComplete) throw new RangeError('the key has another number of fields')
  if (type === 'ssh-ed25519') return { kty: 'OKP', crv: 'Ed25519', x: first.toString('base64url') }
  if (type === 'ssh-rsa')
    return { kty: 'RSA', e: unsigned(first).toString('base64url'), n: unsigned(second).toString('base64url') }
  const curve = /^ecdsa-sha2-(nistp\d+)$/.exec(type)?.[1]
  const crv = curve === undefined ? undefined : CURVES[curve]
  const half = (second.length - 1) / 2
  if (crv === undefined || first.toString() !== curve || second[0] !== 4)
    throw new RangeError('an unknown type')
  const part = (from: number): string => second.subarray(from, from + half).toString('base64url')
  return { kty: 'EC', crv, x: part(1), y: part(1 + half) }
}

/** Splits a blob into its strings (RFC 4251, section 5). @throws RangeError */
function fieldsOf(blob: Buffer): Buffer[] {
  const fields: Buffer[] = []
  for (let at = 0; at < blob.length; ) {
    const end = at + 4 + blob.readUInt32BE(at)
    if (end > blob.length) throw new RangeError('the key is truncated')
    fields.push(blob.subarray(at + 4, end))
    at = end
  }
  return fields
}

/** An mpint without the zero that keeps it positive. */
function unsigned(bytes: Buffer): Buffer {
  return bytes[0] === 0 ? bytes.subarray(1) : bytes
}
