import path from 'node:path'
import type { ScramKeys } from '@ftp/protocol'
import * as v from 'valibot'
import { type Address, formatAddress } from '../connection/socket.ts'
import { ConfigFile } from './config-file.ts'

export { formatAddress } from '../connection/socket.ts'

/** A server, and the user who logs in there. */
export interface Profile extends Address {
  readonly user: string
  /** Whether it is talked to without TLS. */
  readonly plaintext: boolean
  /** The keys that log in without the password; undefined for `anonymous`. */
  readonly keys?: ScramKeys | undefined
}

/** A login that needs no password. */
export type ProfileWithKeys = Profile & { readonly keys: ScramKeys }

const bytes = v.pipe(v.string(), v.base64())
const savedKeys = v.object({ salt: bytes, iterations: v.number(), clientKey: bytes, serverKey: bytes })
type SavedKeys = v.InferOutput<typeof savedKeys>
const savedProfile = v.object({
  host: v.string(),
  port: v.number(),
  user: v.string(),
  plaintext: v.boolean(),
  keys: v.optional(savedKeys),
})
const schema = v.object({ last: v.nullable(v.string()), profiles: v.record(v.string(), savedProfile) })

/**
 * The stored logins, each under the name of its profile, until the user logs out. They contain no password,
 * but keys that are as good as the password for that one server.
 */
export class Profiles {
  readonly #file: ConfigFile<v.InferOutput<typeof schema>>

  /** @param folder the client's configuration folder */
  constructor(folder: string) {
    const file = path.join(folder, 'logins.json')
    this.#file = new ConfigFile(file, {
      schema,
      empty: { last: null, profiles: {} },
      holds: 'all logins',
      secret: true,
    })
  }

  /** The profile with this name; undefined if there is none. */
  get(name: string): Profile | undefined {
    const { profiles } = this.#file.read()
    const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined
    return profile && { ...profile, keys: profile.keys && decode(profile.keys) }
  }

  /** The name of the profile that logged in last. */
  get last(): string | undefined {
    const { last, profiles } = this.#file.read()
    return last !== null && Object.hasOwn(profiles, last) ? last : undefined
  }

  /**
   * The name of a profile for this server and, if one is given, for this user. The profile that logged in
   * last is preferred.
   */
  find({ host, port }: Address, user: string | undefined): string | undefined {
    const { last, profiles } = this.#file.read()
    const fitting = Object.keys(profiles).filter((name) => {
      const profile = profiles[name]
      return profile?.host === host && profile.port === port && (user ?? profile.user) === profile.user
    })
    return fitting.find((name) => name === last) ?? fitting[0]
  }

  /** The logins with a key over TLS, by the names of their profiles; the one that logged in last comes first. */
  get secured(): readonly (readonly [name: string, profile: ProfileWithKeys])[] {
    const { last } = this
    return Object.keys(this.#file.read().profiles)
      .sort((a, b) => Number(b === last) - Number(a === last))
      .flatMap((name) => {
        const profile = this.get(name)
        return profile?.keys === undefined || profile.plaintext
          ? []
          : [[name, { ...profile, keys: profile.keys }] as const]
      })
  }

  /** Stores a login and makes it the last one. */
  save(name: string, { keys, ...login }: Profile): void {
    this.#file.update(({ profiles }) => ({
      last: name,
      profiles: { ...profiles, [name]: { ...login, ...(keys && { keys: encode(keys) }) } },
    }))
  }

  /**
   * Records that the server of a login has a new address. A profile that is named by its address gets a new
   * name as well.
   */
  move(name: string, address: Address): void {
    this.#file.update(({ last, profiles: { [name]: profile, ...rest } }) => {
      if (profile === undefined) return { last, profiles: rest }
      const next = name === formatAddress(profile) ? formatAddress(address) : name
      const { host, port } = address
      return { last: last === name ? next : last, profiles: { ...rest, [next]: { ...profile, host, port } } }
    })
  }

  /** Forgets a login. */
  remove(name: string): void {
    this.#file.update(({ last, profiles: { [name]: _, ...rest } }) => ({
      last: last === name ? null : last,
      profiles: rest,
    }))
  }
}

function encode({ salt, iterations, clientKey, serverKey }: ScramKeys): SavedKeys {
  const text = (value: Uint8Array): string => Buffer.from(value).toString('base64')
  return { salt: text(salt), iterations, clientKey: text(clientKey), serverKey: text(serverKey) }
}

function decode({ salt, iterations, clientKey, serverKey }: SavedKeys): ScramKeys {
  const value = (text: string): Uint8Array => Buffer.from(text, 'base64')
  return { salt: value(salt), iterations, clientKey: value(clientKey), serverKey: value(serverKey) }
}
