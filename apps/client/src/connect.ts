import { TransferError } from '@ftp/protocol'
import { Client } from './client.ts'
import type { KeyPolicy } from './connection/secure.ts'
import { KnownServers } from './known-servers.ts'
import { findTarget } from './server-address.ts'
import { Session } from './session.ts'
import { configFolder } from './settings.ts'

/** How to reach a server; everything has a default. */
export interface ConnectOptions {
  /** The server's key must be this one: `sha256:` and 64 hex digits. Default: the one it had at the first meeting. */
  readonly fingerprint?: string | undefined
  /** No TLS: for trusted links and measurements. */
  readonly plaintext?: boolean | undefined
  /** Where the keys of known servers are kept. Default: the folder of the command `ftp-client`. */
  readonly config?: string | undefined
  /** When a silent server counts as lost, in milliseconds. Default: 30000. */
  readonly timeoutMs?: number | undefined
  /** How long to go on trying when nothing moves, in milliseconds. Default: 60000. */
  readonly retryForMs?: number | undefined
  /** Its abort ends everything that is done with this server. */
  readonly signal?: AbortSignal | undefined
  /** Told of a server that is met for the first time. */
  readonly onFirstContact?: ((server: string, fingerprint: string) => void) | undefined
}

/**
 * Connects to a server and logs in.
 * @param server `[user@]host[:port]`; without it one on this machine
 * @throws TransferError `lost` when nothing answers, `login` when it lets nobody in or its key has changed
 */
export async function connect(server?: string, options: ConnectOptions = {}): Promise<Client> {
  const folder = configFolder(options.config, process.env)
  const client = new Client(await openSession(server, { ...options, config: folder }), folder)
  try {
    await client.account()
    return client
  } catch (error) {
    client[Symbol.dispose]()
    throw error
  }
}

/** A session with a server; nothing is sent yet. */
export async function openSession(
  server: string | undefined,
  options: ConnectOptions & { readonly config: string },
): Promise<Session> {
  const { timeoutMs = 30_000, retryForMs = 60_000, signal = new AbortController().signal } = options
  const { user, host, port } = await findTarget(server, signal)
  if (user !== 'anonymous') {
    throw new TransferError(
      'login',
      `accounts are not there yet; leave out "${user}@" to log in as anonymous`,
    )
  }
  const key = options.plaintext ? undefined : keyPolicy(options, `${host}:${port}`)
  return new Session({ host, port, timeoutMs, signal, key }, { retryForMs })
}

function keyPolicy(options: ConnectOptions & { readonly config: string }, name: string): KeyPolicy {
  const known = new KnownServers(options.config)
  return {
    verify: (fingerprint) => known.verify(name, fingerprint, options.fingerprint),
    accepted: (fingerprint) => {
      const met = known.check(name, fingerprint, options.fingerprint)
      if (met === 'new') options.onFirstContact?.(name, fingerprint)
    },
  }
}
