import type { Socket } from 'node:net'
import path from 'node:path'
import { parentPort, threadId, workerData } from 'node:worker_threads'
import { scratchFiles, systemFiles } from '@ftp/files'
import { Hasher } from '@ftp/md5'
import type { Credentials } from '../certificates/credentials.ts'
import { hostNames } from '../certificates/host-names.ts'
import type { Config } from '../config.ts'
import { AuditTrail } from '../databases/sqlite/audit.ts'
import { openDatabase } from '../databases/sqlite/database.ts'
import { Digests } from '../databases/sqlite/digests.ts'
import { Quotas } from '../databases/sqlite/quotas.ts'
import { sqliteState } from '../databases/sqlite/state.ts'
import type { StateDatabaseOptions } from '../databases/sqlite/state-database.ts'
import { whenWritable } from '../databases/sqlite/write-lock.ts'
import type { Door, Guards, Served } from '../doors/door.ts'
import { enter, type Visitor, type Ways } from '../doors/entrance/entrance.ts'
import { secureWith } from '../doors/entrance/secure.ts'
import { ftpDoor } from '../doors/ftp/door.ts'
import { ftx } from '../doors/ftx/conversation.ts'
import { httpDoor } from '../doors/http/connection/front.ts'
import { redirect } from '../doors/http/routes/redirect.ts'
import { routes } from '../doors/http/routes/routes.ts'
import { sftpDoor } from '../doors/sftp/connection/front.ts'
import { MOMENT_S, type Refusal } from '../guards/refusal.ts'
import { RefusedRequests } from '../guards/refused-requests.ts'
import { Spool } from '../guards/spool.ts'
import type { PortName } from '../listener.ts'
import { createLog } from '../log/log.ts'
import { Tallies } from '../metrics/tally.ts'
import { openStorage } from '../open-storage.ts'
import { PageAssets } from '../page/page-assets.ts'
import { Logins } from '../share/logins.ts'
import { Passwords } from '../share/passwords.ts'
import { Rates } from '../share/rates.ts'
import type { AuditEvent } from '../state/audit-event.ts'
import type { Delivery, ThreadData, ToMain, ToThread } from './messages.ts'
import { Receipts } from './receipts.ts'
import { ThreadCounts } from './thread-counts.ts'
import { ThreadLeases } from './thread-leases.ts'
import { ThreadLog } from './thread-log.ts'
import { ThreadPasswords } from './thread-passwords.ts'

/*
 * The entry point of a handler thread. It serves the connections that the main thread passes to it, each from
 * its first byte to its last.
 */

/** How soon a change by the operator affects running requests, in milliseconds. */
const RECHECK_EVERY_MS = 500

/** How often, in milliseconds, connections are asked to release memory if others wait for it. */
const YIELD_EVERY_MS = 100

/** The refusal of the connection that has waited longest for its login when there are too many. */
const CROWDED: Refusal = {
  text: 'too many connections are logging in; try again in a moment',
  seconds: MOMENT_S,
  except: [],
}

/** The number of 1 MiB blocks for file content, for all threads combined. */
const BLOCKS = 128
/** The minimum number of blocks with which a thread is useful. */
const LEAST_BLOCKS = 16

const port = parentPort
if (port === null) throw new Error('handler-thread.ts is started by the server, as a worker thread')

// Thousands of small files need thousands of small buffers. With a separate allocation for each, the garbage
// collector would be busy.
Buffer.poolSize = 65_536

const { config, credentials, hostKey, rates, passwordKey }: ThreadData = workerData
const hasher = new Hasher(Math.max(LEAST_BLOCKS, Math.floor(BLOCKS / config.threads)))
const send = (message: ToMain): void => port.postMessage(message)
const receipts = new Receipts((numbers) => send({ type: 'received', numbers }))
const leases = new ThreadLeases(send)
const page = new PageAssets()
const counts = new ThreadCounts(send)
const passwordQueue = new ThreadPasswords(send)
const lines = new ThreadLog((batch) => send({ type: 'log', lines: batch }))
const log = createLog(config.log.level, lines.write)
const stateOptions: Partial<StateDatabaseOptions> = {
  // The name appears in messages to clients, too.
  name: "the server's state",
  onTrouble: ({ message, isDamage }) => send({ type: 'suffers', trouble: { message, isDamage } }),
}
const database = openDatabase(path.join(config.state, 'state.db'), stateOptions)
/**
 * A connection that never waits. It is for writes that nobody waits for, and to check whether a write would
 * have to wait.
 */
const background = openDatabase(path.join(config.state, 'state.db'), stateOptions)
background.exec('PRAGMA busy_timeout = 0')
const refused = new RefusedRequests()
const audit = new AuditTrail(background, log, { tellsRefusal: (peer) => refused.take(peer) })
const tallies = new Tallies((counted) => send({ type: 'tallies', tallies: counted }))
const guards = guardsOf(config)
/** SSH has a key of its own, whatever TLS shows. */
const ssh = hostKey === undefined ? undefined : sftpDoor(hostKey)
let ways = waysWith(credentials)
let ftpWays = ftpWaysWith(credentials)
const isHooked = Object.values(config.hooks).some((hook) => hook !== undefined)
const connections = new Map<number, Served>()

port.on('message', ({ number, message }: Delivery) => {
  receipts.note(number)
  switch (message.type) {
    case 'connection':
      return serve(message)
    case 'drop':
      return connections.get(message.connection)?.drop(CROWDED)
    case 'lease-granted':
    case 'lease-wanted':
      return leases.receive(message)
    case 'password-turn':
      return passwordQueue.receive(message)
    case 'counted':
      return counts.receive(message)
    case 'credentials':
      ways = waysWith(message.credentials)
      ftpWays = ftpWaysWith(message.credentials)
      return
    case 'drain':
      return drain()
    case 'probe':
      return
    default:
      message satisfies never
  }
})
setInterval(() => {
  for (const served of connections.values()) served.recheck()
}, RECHECK_EVERY_MS).unref()
const spool = new Spool(path.join(config.state, `.arriving-${threadId}`))
setInterval(() => {
  if (!hasher.blocks.isWanted) return
  for (const served of connections.values()) served.yieldMemory(spool)
}, YIELD_EVERY_MS).unref()
send({ type: 'ready' })

function serve({
  socket,
  connection,
  address,
  port,
  refusal,
}: Extract<ToThread, { type: 'connection' }>): void {
  socket.setNoDelay(true).setKeepAlive(true, 30_000)
  const visitor: Visitor = {
    address,
    accepted: performance.now(),
    onLogin: (account) => send({ type: 'logged-in', connection, account }),
    onWrongPassword: () => send({ type: 'wrong-password', connection }),
    onClose(disconnect) {
      connections.delete(connection)
      if (connections.size === 0) {
        audit.flush()
        lines.flush()
      }
      send({ type: 'connection-closed', connection, disconnect })
    },
  }
  const served = serveAt(port, socket, visitor)
  connections.set(connection, served)
  socket.resume()
  if (refusal !== undefined) served.drop(refusal)
}

function serveAt(port: PortName, socket: Socket, visitor: Visitor): Served {
  if (port === 'main') return enter(socket, visitor, guards, ways)
  return ftpWays[port](socket, { ...visitor, binding: () => undefined }, guards)
}

function waysWith(shown: Credentials | undefined): Ways {
  const site = { names: hostNames(config.host, shown?.web), page }
  const http = config.web ? httpDoor(routes(site)) : undefined
  if (shown === undefined) return { secure: undefined, encrypted: { ftx, http }, clear: { ftx, http }, ssh }
  return {
    secure: secureWith(shown, config.web),
    encrypted: { ftx, http },
    clear: { ftx: undefined, http: config.web ? httpDoor(redirect(site)) : undefined },
    ssh,
  }
}

/** The door behind each port for FTP. */
function ftpWaysWith(shown: Credentials | undefined): Readonly<Record<Exclude<PortName, 'main'>, Door>> {
  const { passive, address, requiresResumption = false } = config.ftp ?? {}
  const options = { credentials: shown, passive, address, requiresResumption }
  return {
    ftp: ftpDoor({ ...options, isImplicit: false }),
    ftps: ftpDoor({ ...options, isImplicit: true }),
  }
}

function recordEvent(event: AuditEvent): void {
  audit.record(event)
  tallies.count(event.action, event.outcome, event.size)
  if (isHooked && event.action === 'put' && event.outcome === 'ok') send({ type: 'stored', event })
}

function drain(): void {
  for (const served of connections.values()) served.drain()
}

function guardsOf({
  root,
  anonymous,
  names,
  timeouts,
  partialDays,
  name,
  fsync,
  descriptors,
}: Config): Guards {
  const fs = fsync ? systemFiles : scratchFiles
  const { storage, uploads } = openStorage(root, database, { thread: threadId, log, fs, descriptors })
  const digests = new Digests(database, background)
  const writable = (): Promise<void> => whenWritable(background)
  const loginState = {
    ...sqliteState(database, writable),
    passwords: new Passwords(passwordQueue, passwordKey),
    hasWeb: config.web,
  }
  return {
    server: name,
    logins: new Logins(loginState, anonymous, {
      storage,
      hasher,
      digests,
      leases,
      audit: { record: recordEvent },
      quotas: new Quotas(database),
      countHome: counts.count,
      writable,
      uploads,
      rates: new Rates(rates),
      anyNames: names === 'any',
    }),
    timeouts,
    uploadDays: partialDays,
    hasher,
    log,
    onFault: (error) => send({ type: 'fault', message: error.stack ?? error.message }),
  }
}
