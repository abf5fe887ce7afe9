import fs from 'node:fs'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { DEFAULT_PORT, STATE_NAME, TransferError, VERSION } from '@ftp/protocol'
import type { Timeouts } from './guards/deadlines.ts'
import { DEFAULT_LIMITS, type Limits, shareOpenFiles } from './guards/limits.ts'
import type { HookOptions } from './hooks/upload-hooks.ts'
import type { LogOptions } from './log/log.ts'
import type { AnonymousAccess } from './share/logins.ts'

export type { AnonymousAccess }

/** The settings of a server; everything has a default but the root. */
export interface ServerOptions {
  /** The folder to serve. */
  readonly root: string
  /** Where accounts, keys and digests are kept. Default: `.ftp-server` in the root. */
  readonly state?: string | undefined
  /** Default 7021; 0 takes any free port. */
  readonly port?: number | undefined
  /** Address to listen on. Default: all interfaces. */
  readonly host?: string | undefined
  /** What clients may do without an account. Default: nothing. */
  readonly anonymous?: AnonymousAccess | undefined
  /** Handler threads. Default: as many as the machine runs at once. */
  readonly threads?: number | undefined
  /** No TLS. For trusted links and measurements. */
  readonly plaintext?: boolean | undefined
  /** Whether what was stored survives a power cut. Default: yes. */
  readonly fsync?: boolean | undefined
  readonly timeouts?: Partial<Timeouts> | undefined
  readonly limits?: Partial<Limits> | undefined
  /** Whether a key that clients know and that is missing may be made anew. Default: no. */
  readonly newKey?: boolean | undefined
  /** How many days the audit trail goes back. Default 90. */
  readonly auditDays?: number | undefined
  /** How many days an upload that is not continued keeps what has arrived. Default 7. */
  readonly partialDays?: number | undefined
  /** A program that is run after each upload, with the file's path and, on its standard input, JSON. Default: none. */
  readonly onUpload?: string | undefined
  /** A URL that each upload is posted to as JSON. Default: none. */
  readonly notify?: string | undefined
  /** Port on 127.0.0.1 that answers for metrics and health, 0 for any free one. Default: none. */
  readonly metrics?: number | undefined
  /** Default: nothing is logged. */
  readonly log?: LogOptions | undefined
}

/** The same, complete and checked. */
export interface Config {
  readonly name: string
  readonly root: string
  readonly state: string
  readonly port: number
  readonly host: string | undefined
  readonly anonymous: AnonymousAccess
  readonly threads: number
  readonly plaintext: boolean
  readonly fsync: boolean
  readonly timeouts: Timeouts
  readonly limits: Limits
  /** Descriptors for the requests for many files that one thread answers at once. */
  readonly descriptors: number
  readonly newKey: boolean
  readonly auditDays: number
  readonly partialDays: number
  readonly metrics: number | undefined
  readonly hooks: HookOptions
  readonly log: LogOptions
}

const DEFAULT_TIMEOUTS: Timeouts = { login: 20_000, idle: 600_000, stall: 60_000, rate: 1_024 }

/**
 * Completes the options and makes the state directory.
 * @throws TransferError when the root or the state directory cannot be used
 */
export function toConfig(options: ServerOptions): Config {
  const root = path.resolve(options.root)
  if (!fs.statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
    throw new TransferError('not_found', `"${root}" is not a folder; make it, or name another one`)
  }
  const state = path.resolve(options.state ?? path.join(root, STATE_NAME))
  makeStateFolder(state)
  requireHidden(state, root)
  const threads = options.threads ?? availableParallelism()
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const openFiles = shareOpenFiles(limits.connections, threads)
  return {
    name: `ftp-server/${VERSION}`,
    root,
    state,
    port: options.port ?? DEFAULT_PORT,
    host: options.host,
    anonymous: options.anonymous ?? 'none',
    threads,
    plaintext: options.plaintext ?? false,
    fsync: options.fsync ?? true,
    timeouts: { ...DEFAULT_TIMEOUTS, ...options.timeouts },
    limits: { ...limits, connections: openFiles.connections },
    descriptors: openFiles.descriptors,
    newKey: options.newKey ?? false,
    auditDays: options.auditDays ?? 90,
    metrics: options.metrics,
    hooks: { onUpload: options.onUpload, notify: options.notify && requireUrl(options.notify) },
    partialDays: options.partialDays ?? 7,
    log: options.log ?? { level: 'silent', format: 'json' },
  }
}

function requireUrl(text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text
  throw new TransferError('bad_request', `"${text}" is no URL; write http://… or https://…`)
}

/** Makes the folder of the state, for this user alone. @throws TransferError `forbidden` */
export function makeStateFolder(state: string): void {
  try {
    fs.mkdirSync(state, { recursive: true, mode: 0o700 })
    fs.accessSync(state, fs.constants.W_OK)
  } catch (cause) {
    throw new TransferError(
      'forbidden',
      `the state folder "${state}" cannot be written; choose another one with --state`,
      { cause },
    )
  }
  // Whoever can write into it can put a key or accounts of their own there.
  if (process.platform !== 'win32' && (fs.statSync(state).mode & 0o022) !== 0)
    throw new TransferError(
      'forbidden',
      `others than you may write into the state folder "${state}"; stop that with: chmod 700 "${state}"`,
    )
}

/** Below the root, only the one name is kept from clients: under another, they could fetch the server's key. */
function requireHidden(state: string, root: string): void {
  const names = path.relative(fs.realpathSync(root), fs.realpathSync(state)).split(path.sep)
  const isServed = names[0] !== '..' && !path.isAbsolute(names[0] ?? '') && !names.includes(STATE_NAME)
  if (!isServed) return
  throw new TransferError(
    'forbidden',
    `the state folder "${state}" would be served with everything in it; choose one outside "${root}" with --state`,
  )
}
