import { ANONYMOUS, printable, type ScramLogin, TransferError } from '@ftp/protocol'
import { Client } from './client.ts'
import { RateLimit } from './connection/rate-limit.ts'
import type { KeyPolicy } from './connection/secure.ts'
import { configFolder } from './profiles/config-folder.ts'
import { howToLogIn, keptLogin, PasswordLogin } from './profiles/credentials.ts'
import { KnownServers } from './profiles/known-servers.ts'
import { type Profile, Profiles } from './profiles/profiles.ts'
import { findServer } from './profiles/server-address.ts'
import { ConnectionPool } from './session/connection-pool.ts'
import { Session } from './session/session.ts'

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
  /** How many bytes a second may move, over all connections together, at least 10240. Default: as many as can. */
  readonly limitRate?: number | undefined
  /** Its abort ends everything that is done with this server. */
  readonly signal?: AbortSignal | undefined
  /** Who logs in, where the server's name does not say. Default: who has logged in there, else `anonymous`. */
  readonly user?: string | undefined
  /** Default: what the command `ftp-client login` has kept of it. */
  readonly password?: string | undefined
  /** Called at the first contact with a server; `confirmed`: a login with a password has proved its key. */
  readonly onFirstContact?: ((server: string, fingerprint: string, confirmed: boolean) => void) | undefined
}

/** The same for a program that can ask. */
export interface OpenOptions extends ConnectOptions {
  readonly config: string
  /** Called where no password is known. */
  readonly askPassword?: ((target: Profile) => Promise<string>) | undefined
}

/**
 * Connects to a server and logs in.
 * @param server `[user@]host[:port]` or a profile; without it the last login, else one on this machine
 * @throws TransferError `lost` when nothing answers, `login` when it lets nobody in or its key has changed
 */
export async function connect(server?: string, options: ConnectOptions = {}): Promise<Client> {
  return await open(server, { ...options, config: configFolder(options.config, process.env) })
}

/** The same for a program that can ask. */
export async function open(server: string | undefined, options: OpenOptions): Promise<Client> {
  const { signal = new AbortController().signal } = options
  const found = await findServer(server, options.user, new Profiles(options.config), signal)
  if (found.user === undefined && options.password !== undefined)
    throw new TransferError('usage', 'whose password is that? Name the user: --server user@host, or FTP_USER')
  const target = { ...found, user: found.user ?? ANONYMOUS }
  const login = await loginFor(target, options)
  return await openAs(target, login, options)
}

/** Connects to this server and logs in. @param login absent for `anonymous` */
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
  // What is said of the server comes before anything is said of files.
  await session.run(async () => {})
  return new Client(session, options.config, opened.move())
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
