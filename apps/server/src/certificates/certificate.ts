import { createHash, createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import fs from 'node:fs'
import { isIP } from 'node:net'
import type { KeyPair } from './credentials.ts'

const DAY_MS = 86_400_000
/** Apple's systems refuse certificates that are valid for more than 825 days. */
const VALID_DAYS = 800
/** A certificate is renewed if fewer days are left. */
const RENEWED_DAYS = 60
/** Clocks of clients may be behind. */
const BEHIND_DAYS = 2
/** The maximum number of names in a certificate: earlier names stay in it while there is room. */
const MOST_NAMES = 64

/**
 * The certificate of the server's key for the names and addresses by which clients reach this machine. It is
 * kept in `file`, so that a browser that was told to trust it continues to do so. A new one is made, for the same
 * key, only if a name is missing or if the certificate is about to expire.
 * @param names host names and addresses
 * @param now milliseconds since 1970
 * @returns PEM
 */
export async function certificateFor(
  { key }: Pick<KeyPair, 'key'>,
  file: string,
  names: readonly string[],
  now = Date.now(),
): Promise<string> {
  const held = read(file, key)
  if (held !== undefined && isFit(held, names, now)) return held.toString()
  const known = held === undefined ? [] : namesOf(held).filter((name) => !names.includes(name))
  const pem = await make(key, [...names, ...known].slice(0, MOST_NAMES), now)
  try {
    fs.writeFileSync(`${file}.new`, pem, { flush: true })
    fs.renameSync(`${file}.new`, file)
  } catch {
    // The certificate can be used without being kept; after the next start, browsers warn again.
  }
  return pem
}

/** The host names and addresses that a certificate is for. */
export function namesOf(certificate: X509Certificate): string[] {
  const names = certificate.subjectAltName?.split(', ') ?? []
  return names.flatMap((name) => /^(?:DNS|IP Address):(.+)$/.exec(name)?.[1] ?? [])
}

function read(file: string, key: string): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(fs.readFileSync(file))
    return certificate.checkPrivateKey(createPrivateKey(key)) ? certificate : undefined
  } catch {
    return undefined
  }
}

function isFit(certificate: X509Certificate, names: readonly string[], now: number): boolean {
  const { validFromDate, validToDate } = certificate
  if (validFromDate.getTime() > now || validToDate.getTime() < now + RENEWED_DAYS * DAY_MS) return false
  return names
    .slice(0, MOST_NAMES)
    .every((name) =>
      isIP(name) === 0 ? certificate.checkHost(name) !== undefined : certificate.checkIP(name) !== undefined,
    )
}

async function make(pem: string, names: readonly string[], now: number): Promise<string> {
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const privateKey = createPrivateKey(pem)
  const publicKey = createPublicKey(privateKey)
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      // Firefox demands that two certificates of one issuer have different numbers.
      serialNumber: createHash('sha256').update(`${now} ${names.join()}`).digest('hex').slice(0, 30),
      name: 'CN=ftp-server',
      notBefore: new Date(now - BEHIND_DAYS * DAY_MS),
      notAfter: new Date(now + (VALID_DAYS - BEHIND_DAYS) * DAY_MS),
      signingAlgorithm: algorithm,
      keys: {
        privateKey: privateKey.toCryptoKey(algorithm, true, ['sign']),
        publicKey: publicKey.toCryptoKey(algorithm, true, ['verify']),
      },
      extensions: [
        // It proves this one server, and signs nothing: a stolen key must not be good for any other site.
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(
          names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
        ),
      ],
    },
    crypto,
  )
  return `${certificate.toString('pem')}\n`
}
