import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import {
  deriveKeys,
  PASSWORD_ITERATIONS,
  preparePassword,
  requireNewPassword,
  SALT_BYTES,
  type ScramVerifier,
  TransferError,
  verifierOf,
} from '@ftp/protocol'
import type { StoredVerifier } from '../state/accounts.ts'

/*
 * Passwords that arrive in clear, inside TLS: from browsers, SFTP and FTP clients. Checking one takes about
 * 90 ms of processor time, so the whole server derives one key at a time, and remembers for some minutes
 * which passwords were right.
 */

/** The refusal of a wrong password, as distinct from every other refused login: only this one is a guess. */
export class WrongPassword extends TransferError {
  constructor(message = 'the user name or the password is not right') {
    super('login', message)
  }
}

/** What the queue answers about a password, once it is its turn. */
export interface PasswordTurn extends Disposable {
  /** `derive`: the answer is not known; derive the key now, and report. Otherwise, somebody has just done so. */
  readonly answer: 'derive' | 'right' | 'wrong'
  /** Reports the result of the derivation. */
  report(answer: 'right' | 'wrong'): void
}

/** The queue in which all threads wait for their turn to derive a key. */
export interface PasswordQueue {
  /**
   * Waits for a turn. Dispose of the turn, so that the next one comes.
   * @param tag identifies the question without revealing the password; equal questions are derived once
   * @param source the address or network that asks
   * @throws TransferError `busy` if too many wait
   */
  turn(tag: string, source: string, signal?: AbortSignal): Promise<PasswordTurn>
}

/** A password that somebody claims is right. */
export interface Claim {
  /** Whose password it is: distinguishes accounts, and accounts from links. */
  readonly subject: string
  readonly password: string
  readonly verifier: StoredVerifier
  /** The address or network that asks. */
  readonly source: string
  /** Its abort ends the wait. */
  readonly signal?: AbortSignal | undefined
}

/** Checks passwords in clear against the verifiers that the server stores. */
export class Passwords {
  readonly #queue: PasswordQueue
  readonly #key: Uint8Array
  readonly #derive: typeof deriveKeys

  /**
   * @param key random bytes that all threads share; they are never stored
   * @param derive replaced only by tests
   */
  constructor(queue: PasswordQueue, key: Uint8Array, derive = deriveKeys) {
    this.#queue = queue
    this.#key = key
    this.#derive = derive
  }

  /**
   * Whether a password is right. The answer costs the same for users who do not exist, whose verifiers are
   * invented.
   * @throws TransferError `busy` if too many wait
   */
  async isRight({ subject, password, verifier, source, signal }: Claim): Promise<boolean> {
    const prepared = prepare(password)
    if (prepared === undefined) return false
    using turn = await this.#queue.turn(this.#tagOf(subject, prepared, verifier), source, signal)
    if (turn.answer !== 'derive') return turn.answer === 'right'
    const { storedKey } = verifierOf(await this.#derive(prepared, verifier.salt, verifier.iterations))
    const isRight =
      storedKey.length === verifier.storedKey.length && timingSafeEqual(storedKey, verifier.storedKey)
    turn.report(isRight ? 'right' : 'wrong')
    return isRight
  }

  /**
   * Derives the verifier of a new password.
   * @param source the address or network that asks
   * @throws TransferError `bad_request` if the password is invalid or too short; `busy` if too many wait
   */
  async newVerifier(password: string, source: string, signal?: AbortSignal): Promise<ScramVerifier> {
    const prepared = requireNewPassword(password)
    // No two of these are the same question.
    using _turn = await this.#queue.turn(randomUUID(), source, signal)
    return verifierOf(await this.#derive(prepared, randomBytes(SALT_BYTES), PASSWORD_ITERATIONS))
  }

  /** Contains the generation of the account, so every change to the account makes it another question. */
  #tagOf(subject: string, password: string, { generation }: StoredVerifier): string {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([subject, generation, password]))
      .digest('base64')
  }
}

/** @returns undefined if no password can have this form */
function prepare(password: string): string | undefined {
  try {
    return preparePassword(password)
  } catch {
    return undefined
  }
}
