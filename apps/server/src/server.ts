import { randomBytes } from 'node:crypto'
import type net from 'node:net'
import path from 'node:path'
import type { Worker } from 'node:worker_threads'
import { HOME, STATE_NAME } from '@ftp/protocol'
import { Certificates } from './certificates/certificates.ts'
import { type Config, type ServerOptions, toConfig } from './config.ts'
import { endUsage } from './databases/sqlite/quota-upkeep.ts'
import { sqliteState } from './databases/sqlite/state.ts'
import { Gate } from './guards/gate.ts'
import { withoutMapping } from './guards/source-address.ts'
import { guardedBy } from './health/guarded.ts'
import { Health } from './health/health.ts'
import { watchRoot } from './health/watch-root.ts'
import { type Upload, UploadHooks } from './hooks/upload-hooks.ts'
import { keepHouse } from './housekeeping.ts'
import { type ListenAddress, type Listener, listen, type PortName } from './listener.ts'
import { createLog } from './log/log.ts'
import { LogOutput } from './log/log-output.ts'
import { Repeats } from './log/repeats.ts'
import { openState } from './open-state.ts'
import { openStorage } from './open-storage.ts'
import { Rates } from './share/rates.ts'
import type { Accounts } from './state/accounts.ts'
import type { AuditEvent } from './state/audit-event.ts'
import { lockInstance, lockRoot } from './state/instance-lock.ts'
import { StateWatch } from './state-watch.ts'
import type { StateTrouble } from './threads/messages.ts'
import { type PoolListener, ThreadPool } from './threads/pool.ts'
import { UsageCount } from './usage-count.ts'

/** A running server. Disposing of it closes it at once. */
export interface Server extends AsyncDisposable {
  readonly config: Config
  readonly host: string
  readonly port: number
  /** The port for FTP; undefined if it is not served. */
  readonly ftpPort: number | undefined
  /** The port for FTP inside TLS from the first byte; undefined if there is none. */
  readonly ftpsPort: number | undefined
  /** The fingerprint of the server's key; undefined in plaintext. */
  readonly fingerprint: string | undefined
  /** The fingerprint of the key that clients of SSH see, as OpenSSH writes it; undefined without SFTP. */
  readonly sshFingerprint: string | undefined
  /** The port for metrics on this machine; undefined if none was requested. */
  readonly metricsPort: number | undefined
  /**
   * Resolves if a server on another machine has taken the place of this one, which must then end at once, without
   * closing: each further write could damage the state and the files.
   */
  readonly replaced: Promise<void>
  /** The present handler threads, for observers: a thread that dies is replaced. */
  readonly threads: readonly Worker[]
  /**
   * Stops accepting connections, gives running requests at most `graceMs` milliseconds to finish, then
   * closes. Unfinished uploads keep their partials.
   */
  close(graceMs?: number): Promise<void>
  /**
   * Opens the log file again after it has been moved away, and reads the certificate again. If that fails, the
   * server continues with the old ones, and the failure is logged.
   */
  reopen(): void
}

/** The maximum number of kinds of faults that are remembered for some seconds, to count repetitions. */
const FAULTS = 100

/**
 * Serves a folder: the main thread accepts connections, and handler threads serve them.
 * @param onFault called with every failure that is the server's own fault
 * @throws TransferError if the folder, the state directory, the address or the port cannot be used
 */
export async function startServer(
  options: ServerOptions,
  onFault: (message: string) => void = () => {},
): Promise<Server> {
  const config = toConfig(options)
  await using started = new AsyncDisposableStack()
  const { promise: replaced, resolve: onReplaced } = Promise.withResolvers<void>()
  started.use(lockRoot(config.root, onReplaced))
  if (config.state !== path.join(config.root, STATE_NAME)) started.use(lockInstance(config.state, onReplaced))
  const output = new LogOutput(config.log)
  started.defer(() => output.close())
  const log = createLog(config.log.level, output.write)
  const health = new Health(log)
  const suffers = ({ message, isDamage }: StateTrouble): void => health.suffers('state', message, isDamage)
  const { database, identity, hostKey } = started.use(await openState(config, suffers))
  const { uploads } = started.use(openStorage(config.root, database, { log }))
  uploads.endAll()
  uploads.trustNothing()
  const faults = new Repeats<string>(
    (message, times) => log.error(times > 1 ? { times } : {}, message),
    FAULTS,
  )
  started.defer(() => faults.flush())
  const fault = (message: string): void => {
    faults.note(message, message)
    metrics?.fault()
    onFault(message)
  }
  const guarded = guardedBy(fault)
  // Load the library only if metrics are requested: most servers need none, and it takes as long to load as
  // all the rest.
  const { Metrics } = config.metrics === undefined ? {} : await import('./metrics/metrics.ts')
  const metrics = Metrics && new Metrics({ connections: () => pool.connections, threads: () => pool.serving })
  const { accounts } = sqliteState(database)
  const failed = guarded((error: unknown) => {
    throw error
  })
  const hooks = started.use(new UploadHooks(config.hooks, (message) => log.warn(message)))
  const gate = new Gate(config.limits, (connection) => pool.drop(connection), log)
  const events: PoolListener = {
    fault,
    suffers,
    log: output.write,
    count: (home) => usageCount.count(home),
    did: guarded((tallies) => metrics?.did(tallies)),
    stored: (event) => {
      uploadOf(event, config.root, accounts)
        .then((upload) => hooks.uploaded(upload))
        .catch(failed)
    },
    replaced: guarded(() => metrics?.threadReplaced()),
    died: (thread) => watch.died(thread),
  }
  const usageCount = started.use(new UsageCount(config, output.write))
  const memory = Rates.memory()
  const rates = new Rates(memory)
  const onWell = (): void => health.recovers('state')
  const watch = started.use(new StateWatch({ database, rates, uploads, onWell, guarded }))
  started.use(watchRoot(config.root, health))
  const certificates =
    identity === undefined ? undefined : started.use(await Certificates.load(config, identity))
  const credentials = certificates?.current
  const threadData = {
    config,
    credentials,
    hostKey: hostKey?.text,
    rates: memory,
    passwordKey: randomBytes(32),
  }
  const pool = started.use(await ThreadPool.start(threadData, events))
  certificates?.watch({
    onChange: (credentials) => pool.show(credentials),
    onTrouble: (message) => log.warn({ reason: message }, 'the new certificate is not used'),
  })
  let connections = 0
  const welcome = (name: PortName) =>
    guarded((socket: net.Socket) => {
      const address = withoutMapping(socket.remoteAddress ?? '')
      const connection = ++connections
      const place = gate.admit(connection, address)
      if (place === undefined || place.refusal !== undefined) metrics?.refused()
      if (place === undefined) socket.resetAndDestroy()
      else pool.handOver({ socket, connection, address, port: name, place })
    })
  const { host, port, ftp: ftpOptions } = config
  const open = async (name: PortName, at: Omit<ListenAddress, 'host'>): Promise<Listener> =>
    started.use(await listen({ host, ...at }, { onConnection: welcome(name), onFault: fault }))
  const listener = await open('main', { port, option: '--port' })
  const ftp = ftpOptions && (await open('ftp', { port: ftpOptions.port, option: '--ftp-port' }))
  const ftps =
    ftpOptions?.implicitPort === undefined
      ? undefined
      : await open('ftps', { port: ftpOptions.implicitPort, option: '--ftps-port' })
  const listeners = [listener, ftp, ftps].filter((one) => one !== undefined)
  started.use(keepHouse(config, output.write, fault))
  const isReady = (): boolean =>
    listeners.every(({ isListening }) => isListening) && pool.serving > 0 && health.isWell
  const metricsEndpoint =
    config.metrics === undefined || metrics === undefined
      ? undefined
      : await (await import('./metrics/serve-metrics.ts')).serveMetrics(config.metrics, metrics, isReady)
  if (metricsEndpoint !== undefined) started.use(metricsEndpoint)
  const held = started.move()
  let closed: Promise<void> | undefined
  const closeOnce = async (graceMs: number): Promise<void> => {
    for (const each of listeners) each[Symbol.dispose]()
    const isIdle = await pool.close(graceMs)
    // If a thread was not idle, the next server counts again.
    guarded(() => isIdle && endUsage(database))()
    await held.disposeAsync()
  }
  const close = (graceMs = 0): Promise<void> => {
    closed ??= closeOnce(graceMs)
    return closed
  }
  return {
    config,
    host: listener.host,
    port: listener.port,
    ftpPort: ftp?.port,
    ftpsPort: ftps?.port,
    fingerprint: identity?.fingerprint,
    sshFingerprint: hostKey?.fingerprint,
    metricsPort: metricsEndpoint?.port,
    replaced,
    get threads() {
      return pool.threads
    },
    close,
    reopen: guarded(() => {
      void certificates?.renew()
      output.reopen()
    }),
    [Symbol.asyncDispose]: () => close(),
  }
}

async function uploadOf(
  { account, address, path: name = '', size = 0, md5 = '' }: AuditEvent,
  root: string,
  accounts: Accounts,
): Promise<Upload> {
  const owner = await accounts.find(account)
  const file = path.join(root, ...(owner?.home ?? HOME), ...name.split('/'))
  return { event: 'upload', account, address, path: name, file, size, md5, time: new Date().toISOString() }
}
