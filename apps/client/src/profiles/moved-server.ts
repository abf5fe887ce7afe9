import { TransferError } from '@ftp/protocol'
import type { Address } from '../connection/socket.ts'
import { KnownServers } from './known-servers.ts'
import { Profiles, type ProfileWithKeys } from './profiles.ts'

/** How long a server may take to show its key, in milliseconds. */
const SHOW_MS = 5_000

/** A server that has been recognised at a new address, and the login that has been stored for it. */
export interface MovedServer {
  readonly name: string
  readonly profile: ProfileWithKeys
  readonly fingerprint: string
}

/**
 * Recognises a server at a new address by its key, so that the login that is stored for its old address also
 * works at the new one. TLS has proved that the server has the key, and the login is bound to that channel,
 * so this reveals nothing to anybody else. If the server does not answer, nothing is recognised.
 * @param address an address for which no login is stored
 * @param user the user to log in; undefined for any
 * @param folder the client's configuration folder
 * @param expected the fingerprint that the user gave, if any
 * @throws TransferError `login` if the key is not the one that is known or expected at this address
 */
export async function recognise(
  { host, port }: Address,
  user: string | undefined,
  { folder, expected, signal }: { folder: string; expected: string | undefined; signal: AbortSignal },
): Promise<MovedServer | undefined> {
  const logins = new Profiles(folder).secured.filter(([, profile]) => (user ?? profile.user) === profile.user)
  if (logins.length === 0) return undefined
  const known = new KnownServers(folder)
  const fingerprint = await keyOf({ host, port }, { signal, timeoutMs: SHOW_MS })
  if (fingerprint === undefined) return undefined
  known.verify(`${host}:${port}`, fingerprint, expected)
  const found = logins.find(([, { host, port }]) => known.has(`${host}:${port}`, fingerprint))
  return found && { name: found[0], profile: { ...found[1], host, port }, fingerprint }
}

/** The fingerprint of the key that a server shows and proves to have; undefined if it cannot be reached. */
async function keyOf(
  address: Address,
  options: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<string | undefined> {
  const { openSecure } = await import('../connection/secure.ts')
  try {
    const { socket, fingerprint } = await openSecure(
      address,
      { verify: () => {}, accepted: () => {} },
      options,
    )
    socket.on('error', () => {}).destroy()
    return fingerprint
  } catch (error) {
    if (error instanceof TransferError && error.code === 'lost') return undefined
    throw error
  }
}
