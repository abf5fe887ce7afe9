import { deriveKeys, type ScramKeys } from '@ftp/protocol'

const derived = new Map<string, Promise<ScramKeys>>()

/**
 * The keys of a password, as `deriveKeys`, which takes most of the time of a login by design. Each is derived once in
 * this process, so accounts with the same password should share a salt.
 */
export function keysOf(password: string, salt: Uint8Array, iterations: number): Promise<ScramKeys> {
  const id = `${iterations} ${Buffer.from(salt).toString('hex')} ${password}`
  let keys = derived.get(id)
  if (keys === undefined) {
    keys = deriveKeys(password, salt, iterations)
    derived.set(id, keys)
  }
  return keys
}
