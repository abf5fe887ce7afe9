import { createHash, createPrivateKey, X509Certificate } from 'node:crypto'
import { errnoOf, fromErrno, TransferError } from '@ftp/protocol'
import { readPrivate, writePrivate } from './private-file.ts'

/** The key by which clients recognise this server. */
export interface Identity {
  /** PEM of the private key. */
  readonly key: string
  /** PEM of the certificate for the public key. Clients check the key alone. */
  readonly certificate: string
  /** `sha256:` and the SHA-256 of the key's SPKI (RFC 7469, section 2.4) in 64 hex digits. */
  readonly fingerprint: string
}

/**
 * Reads the server's identity; creates it at the first start. It is never silently created again, because
 * clients would refuse a server with a different key.
 * @throws TransferError `forbidden` if other users may read the file, `io` if it is damaged
 */
export async function loadIdentity(file: string): Promise<Identity> {
  try {
    return readIdentity(file)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw fromErrno(error, `"${file}"`)
  }
  const pem = await makeIdentity()
  try {
    writePrivate(file, pem)
    return readIdentity(file)
  } catch (error) {
    throw fromErrno(error, `"${file}"`)
  }
}

function readIdentity(file: string): Identity {
  return parse(readPrivate(file, 'remove it and start once with --new-key'), file)
}

function parse(pem: string, file: string): Identity {
  try {
    const certificate = new X509Certificate(pem)
    const key = createPrivateKey(pem)
    if (!certificate.checkPrivateKey(key)) throw new Error('the key does not belong to the certificate')
    const spki = certificate.publicKey.export({ type: 'spki', format: 'der' })
    const fingerprint = `sha256:${createHash('sha256').update(spki).digest('hex')}`
    return {
      key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
      certificate: certificate.toString(),
      fingerprint,
    }
  } catch (cause) {
    throw new TransferError(
      'io',
      `the key in "${file}" is damaged; restore it from a backup, or remove it and start once with --new-key`,
      { cause },
    )
  }
}

/**
 * A P-256 key and a certificate that never expires, because only the key counts, and clients have pinned it.
 */
async function makeIdentity(): Promise<string> {
  await import('reflect-metadata')
  const { PemConverter, X509CertificateGenerator } = await import('@peculiar/x509')
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=ftp-server',
      notBefore: new Date('1970-01-01T00:00:00Z'),
      notAfter: new Date('9999-12-31T23:59:59Z'),
      signingAlgorithm: algorithm,
      keys,
    },
    crypto,
  )
  const key = await crypto.subtle.exportKey('pkcs8', keys.privateKey)
  return `${PemConverter.encode(key, 'PRIVATE KEY')}\n${certificate.toString('pem')}\n`
}
