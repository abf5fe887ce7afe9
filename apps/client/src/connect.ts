import { ANONYMOUS, printable, type ScramLogin, TransferError } from '@ftp/protocol'
import { Client } from './client.ts'
import { RateLimit } from './connection/rate-limit.ts'
import type { KeyPolicy } from './connection/secure.ts'
import { configFolder } from './profiles/config-folder.ts'
import { howToLogIn, keptLogin, PasswordLogin } from './profiles/credentials.ts'
import { KnownServers } from './profiles/known-servers.ts'
import { recognise } from './profiles/moved-server.ts'
import { type Profile, Profiles } from './profiles/profiles.ts'
import { type FoundServer, findServer } from './profiles/server-address.ts'
import { ConnectionPool } from './session/connection-pool.ts'
import { Session } from './session/session.ts'

/** How to reach a server and log in. Every option has a default. */
export interface ConnectOptions {
  /**
   * The key that the server must have: `sha256:` and 64 hex digits. Default: the key it had at the first
   * contact.
   */
  readonly fingerprint?: string | undefined
  /** Do without TLS. For trusted links and measurements only. */
  readonly plaintext?: boolean | undefined
  /**
   * The folder in which the keys of known servers are kept. Default: the folder of the command `ftp-client`.
   */
  readonly config?: string | undefined
  /**
   * How long a server may be silent before its connection counts as lost, in milliseconds. Default: 30000.
   */
  readonly timeoutMs?: number | undefined
  /**
   * How long to keep trying while no bytes move, in milliseconds. Default: 60000, but not at all as long as the server
   * has never answered.
   */
  readonly retryForMs?: number | undefined
  /** The most bytes per second that all connections may move in total, at least 10240. Default: no limit. */
  readonly limitRate?: number | undefined
  /** If it is aborted, everything that is being done with this server ends. */
  readonly signal?: AbortSignal | undefined
  /**
   * The user to log in, if `server` names none. Default: the user who has logged in there, otherwise
   * `anonymous`.
   */
  readonly user?: string | undefined
  /** The user's password. Default: the login that the command `ftp-client login` has stored. */
  readonly password?: string | undefined
  /**
   * Called at the first contact with a server. `server` is `host:port`, `fingerprint` that of its key;
   * `confirmed` is true if a login with a password has proved the key.
   */
  readonly onFirstContact?: ((server: string, fingerprint: string, confirmed: boolean) => void) | undefined
}

/** The options of a program that can ask its user. */
export interface OpenOptions extends ConnectOptions {
  readonly config: string
  /** Called before another attempt to reach a server that has never answered. */
  readonly onRetry?: ((failure: TransferError, delayMs: number) => void) | undefined
  /** Called if no password is known. Default: such a login fails. */
  readonly askPassword?: ((target: Profile) => Promise<string>) | undefined
}

/**
 * Connects to a server and logs in.
 * @param server `[user@]host[:port]` or the name of a profile. Default: the server of the last login,
 *   otherwise one on this machine, otherwise the only one on the local network
 * @throws TransferError `lost` if nothing answers; `login` if the server refuses the login or its key has
 *   changed; `usage` if `server` is no valid address, or if a password is given without a user
 */
export async function connect(server?: string, options: ConnectOptions = {}): Promise<Client> {
  return await open(server, { ...options, config: configFolder(options.config, process.env) })
}

/** {@link connect} for a program that can ask its user. */
export async function open(server: string | undefined, options: OpenOptions): Promise<Client> {
  const { signal = new AbortController().signal, config: folder, fingerprint: expected } = options
  const logins = new Profiles(folder)
  const found = await findServer(server, options.user, logins, signal)
  if (found.user === undefined && options.password !== undefined)
    throw new TransferError(
      'usage',
      'there is a password, but no user; name the user with --server user@host, or set FTP_USER',
    )
  if (mayHaveMoved(found, options)) {
    const moved = await recognise(found, found.user, { folder, expected, signal })
    if (moved !== undefined) {
      const { name, profile, fingerprint } = moved
      const client = await openAs(profile, keptLogin(profile), { ...options, fingerprint })
      logins.move(name, profile)
      return client
    }
  }
  const target = { ...found, user: found.user ?? ANONYMOUS }
  const login = await loginFor(target, options)
  return await openAs(target, login, options)
}

/** Connects to this server and logs in. @param login undefined for `anonymous` */
export async function openAs(
  { host, port, plaintext }: Profile,
  login: ScramLogin | undefined,
  options: OpenOptions,
): Promise<Client> {
  const { timeoutMs = 30_000, retryForMs = 60_000, signal = new AbortController().signal } = options
  const key =
    options.plaintext || plaintext ? undefined : keyPolicy(options, `${host}:${port}`, login !== undefined)
  const limit = options.limitRate === undefined ? undefined : new RateLimit(options.limitRate)
  using opened = new DisposableStack()
  const pool = opened.use(new ConnectionPool({ host, port, timeoutMs, signal, key, login, limit }))
  const session = new Session(pool, { retryForMs })
  // Messages about the server must come before any message about files.
  const { onRetry } = options
  await session.with({ awaitServer: options.retryForMs !== undefined, onRetry }).run(async () => {})
  return new Client(session, options.config, opened.move())
}

/** Whether a login may be stored for this server under another address. */
function mayHaveMoved({ keys, plaintext, user }: FoundServer, options: OpenOptions): boolean {
  const isOpen = options.plaintext || plaintext || user === ANONYMOUS
  return keys === undefined && options.password === undefined && !isOpen
}

/** @returns undefined for `anonymous` */
async function loginFor(target: Profile, options: OpenOptions): Promise<ScramLogin | undefined> {
  const { user, keys } = target
  if (user === ANONYMOUS) return undefined
  if (options.password !== undefined) return new PasswordLogin(user, options.password)
  if (keys !== undefined) return keptLogin({ ...target, keys })
  if (options.askPassword !== undefined) return new PasswordLogin(user, await options.askPassword(target))
  throw new TransferError('login', `there is no password for ${printable(user)}; ${howToLogIn(user, target)}`)
}

function keyPolicy(options: OpenOptions, name: string, confirmed: boolean): KeyPolicy {
  const known = new KnownServers(options.config)
  return {
    verify: (fingerprint) => known.verify(name, fingerprint, options.fingerprint),
    accepted: (fingerprint) => {
      const met = known.check(name, fingerprint, options.fingerprint)
      if (met === 'new') options.onFirstContact?.(name, fingerprint, confirmed)
    },
  }
}
