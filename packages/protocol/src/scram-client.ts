import { randomBytes } from 'node:crypto'
import { TransferError } from './errors.ts'
import { LIMITS } from './limits.ts'
import {
  attributes,
  base64,
  clientProof,
  equal,
  fromBase64,
  type ScramKeys,
  serverSignature,
} from './scram.ts'

const NONCE_BYTES = 24

/** The login data of a user. */
export interface ScramLogin {
  readonly user: string
  /**
   * Provides the keys for the account's salt and iteration count, either derived from the password or kept
   * from an earlier login.
   * @throws TransferError `login` if kept keys belong to another salt or count
   */
  readonly keys: (salt: Uint8Array, iterations: number) => Promise<ScramKeys>
}

/** The client's side of one SCRAM-SHA-256 exchange: `first`, then `final`, then `verify`. */
export class ScramClient {
  readonly #login: ScramLogin
  readonly #binding: Uint8Array | undefined
  readonly #bare: string
  readonly #nonce: string
  #expected: Uint8Array | undefined

  /**
   * @param binding the channel's `tls-exporter` data (RFC 9266); absent in plaintext
   * @param nonce set only by tests
   */
  constructor(login: ScramLogin, binding: Uint8Array | undefined, nonce = base64(randomBytes(NONCE_BYTES))) {
    this.#login = login
    this.#binding = binding
    this.#nonce = nonce
    this.#bare = `n=${login.user.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${nonce}`
  }

  /** client-first-message */
  first(): string {
    return `${this.#gs2}${this.#bare}`
  }

  /**
   * Answers the server-first-message with the client-final-message. Anything that could weaken the proof is
   * refused before the computation: an impostor would request a proof that is quick to crack or slow to
   * compute.
   * @throws TransferError `login`
   */
  async final(serverFirst: string): Promise<string> {
    const [nonce = '', encodedSalt = '', count = ''] = attributes(serverFirst, ['r', 's', 'i']) ?? []
    const salt = fromBase64(encodedSalt)
    const iterations = /^[1-9][0-9]{0,9}$/.test(count) ? Number(count) : 0
    if (!nonce.startsWith(this.#nonce) || nonce === this.#nonce || !/^[\x21-\x7e]{1,256}$/.test(nonce))
      throw suspicious('it does not answer what was asked')
    if (salt === undefined || salt.length < 16 || salt.length > 64) throw suspicious('its salt is of no use')
    if (iterations < LIMITS.scramIterationsMin || iterations > LIMITS.scramIterationsMax)
      throw suspicious(`it asks for ${printableCount(count)} iterations`)

    const keys = await this.#login.keys(salt, iterations)
    const header = Buffer.concat([Buffer.from(this.#gs2), this.#binding ?? Buffer.alloc(0)])
    const withoutProof = `c=${base64(header)},r=${nonce}`
    const authMessage = `${this.#bare},${serverFirst},${withoutProof}`
    this.#expected = serverSignature(keys.serverKey, authMessage)
    return `${withoutProof},p=${base64(clientProof(keys.clientKey, authMessage))}`
  }

  /**
   * Checks the server-final-message. Only a server that knows the account can have created it, and only at
   * the other end of this very channel.
   * @throws TransferError `login`
   */
  verify(serverFinal: string | undefined): void {
    const [signature = ''] = attributes(serverFinal ?? '', ['v']) ?? []
    if (this.#expected === undefined || !equal(fromBase64(signature) ?? Buffer.alloc(0), this.#expected))
      throw new TransferError(
        'login',
        'the server has accepted the login without knowing the account: it is an impostor. Nothing more was sent',
      )
  }

  get #gs2(): string {
    return this.#binding === undefined ? 'n,,' : 'p=tls-exporter,,'
  }
}

function suspicious(why: string): TransferError {
  return new TransferError(
    'login',
    `that server cannot be trusted with a login: ${why}. Nothing about the password was sent`,
  )
}

function printableCount(count: string): string {
  return /^[0-9]{1,20}$/.test(count) ? count : 'no number of'
}
