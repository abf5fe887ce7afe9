import { randomBytes } from 'node:crypto'
import { TransferError } from './errors.ts'
import {
  attributes,
  base64,
  equal,
  fromBase64,
  isProof,
  type ScramVerifier,
  serverSignature,
} from './scram.ts'

const NONCE_BYTES = 24
const FIRST = /^(n|y|p=([A-Za-z0-9.-]+)),([^,]*),(.*)$/s

/** The state of the exchange after the first messages. */
interface Begun {
  readonly user: string
  readonly verifier: ScramVerifier
  readonly gs2: string
  readonly nonce: string
  /** client-first-message-bare */
  readonly bare: string
  /** server-first-message */
  readonly first: string
}

/** The server's side of one SCRAM-SHA-256 exchange: `challenge`, then `finish`. */
export class ScramServer {
  readonly #verifierOf: (user: string) => Promise<ScramVerifier>
  readonly #binding: Uint8Array | undefined
  readonly #nonce: string
  #begun: Begun | undefined

  /**
   * @param verifierOf returns the stored verifier of a user or, if the user does not exist, one that looks
   * the same
   * @param binding the channel's `tls-exporter` data (RFC 9266); absent in plaintext
   * @param nonce set only by tests
   */
  constructor(
    verifierOf: (user: string) => Promise<ScramVerifier>,
    binding: Uint8Array | undefined,
    nonce = base64(randomBytes(NONCE_BYTES)),
  ) {
    this.#verifierOf = verifierOf
    this.#binding = binding
    this.#nonce = nonce
  }

  /**
   * Answers the client-first-message with the server-first-message.
   * @throws TransferError `login`
   */
  async challenge(clientFirst: string): Promise<string> {
    const [, flag = '', type, authzid, bare = ''] = FIRST.exec(clientFirst) ?? []
    const [name, nonce = ''] = attributes(bare, ['n', 'r']) ?? []
    const user = name === undefined ? undefined : readName(name)
    if (user === undefined || user === '' || authzid !== '' || !/^[\x21-\x2b\x2d-\x7e]{16,128}$/.test(nonce))
      throw new TransferError('login', 'this is not the beginning of a SCRAM login')
    if (this.#binding !== undefined && type === undefined)
      throw new TransferError('login', 'over TLS a login must be bound to the channel')
    if (type !== undefined && (type !== 'tls-exporter' || this.#binding === undefined))
      throw new TransferError('login', 'this channel cannot be bound to in that way')
    const verifier = await this.#verifierOf(user)
    const full = nonce + this.#nonce
    const first = `r=${full},s=${base64(verifier.salt)},i=${verifier.iterations}`
    this.#begun = { user, verifier, gs2: `${flag},,`, nonce: full, bare, first }
    return first
  }

  /**
   * Checks the client-final-message.
   * @returns the user who has logged in, and the server-final-message that proves this side
   * @throws TransferError `login`, the same for an unknown user as for a wrong password
   */
  finish(clientFinal: string): { readonly user: string; readonly final: string } {
    const begun = this.#begun
    const [channel = '', nonce, encoded = ''] = attributes(clientFinal, ['c', 'r', 'p']) ?? []
    const proof = fromBase64(encoded)
    if (begun === undefined || nonce !== begun.nonce || proof?.length !== 32)
      throw new TransferError('login', 'this is not the end of a SCRAM login')
    const expected = Buffer.concat([Buffer.from(begun.gs2), this.#binding ?? Buffer.alloc(0)])
    if (!equal(fromBase64(channel) ?? Buffer.alloc(0), expected))
      throw new TransferError(
        'login',
        'somebody stands between the client and this server: their channels differ',
      )
    const { user, verifier, bare, first } = begun
    this.#begun = undefined
    const authMessage = `${bare},${first},c=${channel},r=${nonce}`
    if (!isProof(proof, verifier.storedKey, authMessage))
      throw new TransferError('login', 'the user name or the password is not right')
    return { user, final: `v=${base64(serverSignature(verifier.serverKey, authMessage))}` }
  }
}

/** Decodes a saslname (RFC 5802, section 5.1). @returns undefined if it is invalid */
function readName(name: string): string | undefined {
  if (/=(?!2C|3D)/.test(name) || !name.isWellFormed() || /\p{Cc}/u.test(name)) return undefined
  return name.replaceAll('=2C', ',').replaceAll('=3D', '=')
}
