import type { Exchange } from '../connection/exchange.ts'
import { Refusal } from '../connection/problem.ts'
import { parseByteSequences } from '../fields/structured-fields.ts'

/** The length of an MD5 in bytes. */
const MD5_SIZE = 16

/** The MD5 that the client claims for the whole file; undefined if it claims none. @throws Refusal */
export function claimedMd5(exchange: Exchange): Uint8Array | undefined {
  const claims = [
    fromContentMd5(exchange.header('content-md5')),
    fromReprDigest(exchange.header('repr-digest')),
  ]
  const [first, second] = claims.filter((claim) => claim !== undefined)
  if (first !== undefined && second !== undefined && Buffer.compare(first, second) !== 0)
    throw new Refusal(400, 'bad_request', 'Content-MD5 and Repr-Digest contradict each other')
  return first
}

function fromContentMd5(header: string | undefined): Uint8Array | undefined {
  if (header === undefined) return undefined
  return requireMd5(/^[A-Za-z0-9+/]{22}==$/.test(header.trim()) ? Buffer.from(header, 'base64') : undefined)
}

/** Digests of other kinds are not checked. */
function fromReprDigest(header: string | undefined): Uint8Array | undefined {
  if (header === undefined) return undefined
  const digests = parseByteSequences(header)
  if (digests === undefined)
    throw new Refusal(400, 'bad_request', 'Repr-Digest is not a dictionary of digests')
  return digests.has('md5') ? requireMd5(digests.get('md5')) : undefined
}

function requireMd5(md5: Uint8Array | undefined): Uint8Array {
  if (md5?.length === MD5_SIZE) return md5
  throw new Refusal(400, 'bad_request', 'an MD5 has 16 bytes, in base64')
}
