import { deriveKeys, printable, type ScramKeys, type ScramLogin, TransferError } from '@ftp/protocol'
import { formatAddress, type Profile, type ProfileWithKeys } from './profiles.ts'

/** A login with a password. Its keys are derived once, however many connections there are. */
export class PasswordLogin implements ScramLogin {
  readonly user: string
  readonly #password: string
  #derived:
    | { readonly salt: Uint8Array; readonly iterations: number; readonly keys: Promise<ScramKeys> }
    | undefined

  constructor(user: string, password: string) {
    this.user = user
    this.#password = password
  }

  readonly keys = (salt: Uint8Array, iterations: number): Promise<ScramKeys> => {
    const known = this.#derived
    if (known !== undefined && known.iterations === iterations && Buffer.compare(known.salt, salt) === 0)
      return known.keys
    const keys = deriveKeys(this.#password, salt, iterations)
    this.#derived = { salt, iterations, keys }
    return keys
  }

  /** The keys that have logged in, which can be stored instead of the password. */
  get derived(): Promise<ScramKeys> | undefined {
    return this.#derived?.keys
  }
}

/** A login with the keys that an earlier login has stored. */
export function keptLogin({ user, keys: kept, ...address }: ProfileWithKeys): ScramLogin {
  return {
    user,
    keys: async (salt, iterations) => {
      if (kept.iterations === iterations && Buffer.compare(kept.salt, salt) === 0) return kept
      throw new TransferError(
        'login',
        `the login of ${printable(user)} is no longer valid, because the password was changed or the account removed; ${howToLogIn(user, address)}`,
      )
    },
  }
}

/** The command to type, in a sentence. */
export function howToLogIn(user: string, address: Pick<Profile, 'host' | 'port'>): string {
  return `log in with: ftp-client login ${printable(user)}@${formatAddress(address)}`
}
