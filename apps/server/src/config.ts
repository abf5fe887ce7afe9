import fs from 'node:fs'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { DEFAULT_PORT, STATE_NAME, TransferError, VERSION } from '@ftp/protocol'
import type { Timeouts } from './guards/deadlines.ts'
import { DEFAULT_LIMITS, type Limits, shareOpenFiles } from './guards/limits.ts'
import type { HookOptions } from './hooks/upload-hooks.ts'
import type { LogOptions } from './log/log.ts'
import { makePrivateFolder, othersWithAccess } from './private-folder.ts'
import type { AnonymousAccess } from './share/logins.ts'

export type { AnonymousAccess }

/** Which names clients may create. */
export type NameRule = 'portable' | 'any'

/** The settings of a server. All except the root have defaults. */
export interface ServerOptions {
  /** The folder to serve. */
  readonly root: string
  /** The directory for accounts, keys and digests. Default: `.ftp-server` in the root. */
  readonly state?: string | undefined
  /** Default: 7021; with 0, the system chooses a free port. */
  readonly port?: number | undefined
  /** The address to listen on. Default: all interfaces. */
  readonly host?: string | undefined
  /** The rights of clients without an account. Default: none. */
  readonly anonymous?: AnonymousAccess | undefined
  /**
   * The names that clients may give to files and directories. `portable`, the default, excludes those that
   * Windows cannot store.
   */
  readonly names?: NameRule | undefined
  /** The number of handler threads. Default: the available parallelism of the machine. */
  readonly threads?: number | undefined
  /** Disables TLS. Only for trusted links and measurements. */
  readonly plaintext?: boolean | undefined
  /** Whether FTP is served, on ports of its own. Default: no. */
  readonly ftp?: boolean | undefined
  /** The port for FTP with explicit TLS. Default: 2121; with 0, the system chooses a free port. */
  readonly ftpPort?: number | undefined
  /** The port for FTP inside TLS from the first byte. Default: none; with 0, the system chooses a free port. */
  readonly ftpsPort?: number | undefined
  /** The ports for the data connections of FTP clients. Default: any free ports. */
  readonly ftpPassive?: PortRange | undefined
  /** The IPv4 address that FTP clients are told for data connections. Default: the one that they have reached. */
  readonly ftpAddress?: string | undefined
  /** Whether a data connection has to resume the TLS session of its control connection. Default: no. */
  readonly ftpRequireResumption?: boolean | undefined
  /** Whether HTTP is served on the same port. Default: yes. */
  readonly web?: boolean | undefined
  /** Whether SFTP is served on the same port. Default: yes. */
  readonly sftp?: boolean | undefined
  /** The PEM file of a certificate of your own for clients of HTTP; goes with `tlsKey`. Default: none. */
  readonly tlsCert?: string | undefined
  /** The PEM file of the certificate's private key. */
  readonly tlsKey?: string | undefined
  /** Whether a stored file survives a power loss. Default: yes. */
  readonly fsync?: boolean | undefined
  readonly timeouts?: Partial<Timeouts> | undefined
  readonly limits?: Partial<Limits> | undefined
  /** Whether to create a new key if the one that clients know is missing. Default: no. */
  readonly newKey?: boolean | undefined
  /** The number of days for which audit events are kept. Default: 90. */
  readonly auditDays?: number | undefined
  /** The number of days for which an unfinished upload keeps its bytes if nobody continues it. Default: 7. */
  readonly partialDays?: number | undefined
  /**
   * A program to run after each upload: it gets the path of the file as its argument and JSON on its standard
   * input. Default: none.
   */
  readonly onUpload?: string | undefined
  /** A URL to which each upload is posted as JSON. Default: none. */
  readonly notify?: string | undefined
  /** The port on 127.0.0.1 for metrics and health; with 0, the system chooses a free port. Default: none. */
  readonly metrics?: number | undefined
  /** Default: nothing is logged. */
  readonly log?: LogOptions | undefined
}

/** Ports from the first to the last, both included. */
export interface PortRange {
  readonly first: number
  readonly last: number
}

/** How FTP is served. */
export interface FtpConfig {
  readonly port: number
  /** The port for TLS from the first byte; undefined if there is none. */
  readonly implicitPort: number | undefined
  /** The ports for data connections; undefined for any. */
  readonly passive: PortRange | undefined
  /** The IPv4 address that clients are told; undefined for the one that they have reached. */
  readonly address: string | undefined
  readonly requiresResumption: boolean
}

/** The files of a certificate that the operator has brought. */
export interface CertificateFiles {
  /** PEM of the certificate, followed by those that lead to its authority. */
  readonly certificate: string
  /** PEM of its private key, without a passphrase. */
  readonly key: string
}

/** The complete and validated settings. */
export interface Config {
  readonly name: string
  readonly root: string
  readonly state: string
  readonly port: number
  readonly host: string | undefined
  readonly anonymous: AnonymousAccess
  readonly names: NameRule
  readonly threads: number
  readonly plaintext: boolean
  readonly web: boolean
  /** Undefined if FTP is not served. */
  readonly ftp: FtpConfig | undefined
  readonly sftp: boolean
  /** The operator's own certificate for clients of HTTP. */
  readonly tls: CertificateFiles | undefined
  readonly fsync: boolean
  readonly timeouts: Timeouts
  readonly limits: Limits
  /** The descriptors for all requests for many files that one handler thread answers at a time. */
  readonly descriptors: number
  readonly newKey: boolean
  readonly auditDays: number
  readonly partialDays: number
  readonly metrics: number | undefined
  readonly hooks: HookOptions
  readonly log: LogOptions
}

export const DEFAULT_FTP_PORT = 2121
export const DEFAULT_AUDIT_DAYS = 90
export const DEFAULT_PARTIAL_DAYS = 7
export const DEFAULT_TIMEOUTS: Timeouts = { login: 20_000, idle: 600_000, stall: 60_000, rate: 1_024 }

/**
 * Completes the options and creates the state directory.
 * @throws TransferError if the root or the state directory cannot be used
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
  const ftp = ftpConfig(options)
  const openFiles = shareOpenFiles(limits.connections, { threads, hasFtp: ftp !== undefined })
  return {
    name: `ftp-server/${VERSION}`,
    root,
    state,
    port: options.port ?? DEFAULT_PORT,
    // In a URL and in messages, brackets surround an IPv6 address; the system knows it without them.
    host: options.host?.replace(/^\[(.*)\]$/, '$1'),
    anonymous: options.anonymous ?? 'none',
    names: options.names ?? 'portable',
    threads,
    plaintext: options.plaintext ?? false,
    web: options.web ?? true,
    ftp,
    sftp: options.sftp ?? true,
    tls: certificateFiles(options),
    fsync: options.fsync ?? true,
    timeouts: { ...DEFAULT_TIMEOUTS, ...options.timeouts },
    limits: { ...limits, connections: openFiles.connections },
    descriptors: openFiles.descriptors,
    newKey: options.newKey ?? false,
    auditDays: options.auditDays ?? DEFAULT_AUDIT_DAYS,
    metrics: options.metrics,
    hooks: {
      onUpload: options.onUpload && requireProgram(options.onUpload),
      notify: options.notify && requireUrl(options.notify),
    },
    partialDays: options.partialDays ?? DEFAULT_PARTIAL_DAYS,
    log: options.log ?? { level: 'silent', format: 'json' },
  }
}

/** @throws TransferError `bad_request` if something is set that FTP alone would use, and FTP is not served */
function ftpConfig(options: ServerOptions): FtpConfig | undefined {
  const { ftp = false, ftpPort, ftpsPort, ftpPassive, ftpAddress, ftpRequireResumption, plaintext } = options
  const settings = [ftpPort, ftpsPort, ftpPassive, ftpAddress, ftpRequireResumption]
  if (!ftp) {
    if (settings.every((one) => one === undefined)) return undefined
    throw new TransferError('bad_request', 'options that begin with --ftp- or --ftps- need --ftp, too')
  }
  if (plaintext === true && (ftpsPort !== undefined || ftpRequireResumption === true))
    throw new TransferError(
      'bad_request',
      '--ftps-port and --ftp-require-resumption need TLS: leave out --plaintext',
    )
  return {
    port: ftpPort ?? DEFAULT_FTP_PORT,
    implicitPort: ftpsPort,
    passive: ftpPassive,
    address: ftpAddress,
    requiresResumption: ftpRequireResumption ?? false,
  }
}

/** @throws TransferError `bad_request` if one file is given without the other, or if nothing would use them */
function certificateFiles({
  tlsCert,
  tlsKey,
  plaintext,
  web,
  ftp,
}: ServerOptions): CertificateFiles | undefined {
  if (tlsCert === undefined && tlsKey === undefined) return undefined
  if (tlsCert === undefined || tlsKey === undefined)
    throw new TransferError('bad_request', '--tls-cert and --tls-key belong together: name both files')
  if (plaintext === true || (web === false && ftp !== true))
    throw new TransferError(
      'bad_request',
      'a certificate of your own is for HTTP and FTP inside TLS: leave out --plaintext and --no-web',
    )
  return { certificate: path.resolve(tlsCert), key: path.resolve(tlsKey) }
}

/**
 * Refuses programs that only the shell of Windows can start: it would take a file name that a client has
 * chosen for a part of the command.
 * @throws TransferError `bad_request`
 */
export function requireProgram(program: string, platform = process.platform): string {
  if (platform !== 'win32' || !/\.(?:cmd|bat)[. ]*$/i.test(program)) return program
  throw new TransferError(
    'bad_request',
    `--on-upload "${program}" is a batch file, which could take a file name for a command; name a program instead, such as node.exe with a script around it`,
  )
}

function requireUrl(text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text
  throw new TransferError('bad_request', `"${text}" is not a URL; write http://… or https://…`)
}

/** Creates the state directory, with access for this user alone. @throws TransferError `forbidden` */
export function makeStateFolder(state: string): void {
  try {
    makePrivateFolder(state)
    fs.accessSync(state, fs.constants.W_OK)
  } catch (cause) {
    throw new TransferError(
      'forbidden',
      `the state folder "${state}" cannot be written; choose another one with --state`,
      { cause },
    )
  }
  if (process.platform === 'win32' && othersWithAccess(state).length > 0)
    throw new TransferError(
      'forbidden',
      `others than you have access to the state folder "${state}"; end that with: icacls "${state}" /inheritance:r /grant:r "%USERNAME%:(OI)(CI)F"`,
    )
  // Anybody who can write to the directory could plant a key or accounts there.
  if (process.platform !== 'win32' && (fs.statSync(state).mode & 0o022) !== 0)
    throw new TransferError(
      'forbidden',
      `other users can write to the state folder "${state}"; prevent that with: chmod 700 "${state}"`,
    )
}

/**
 * Inside the root, only this one name is hidden from clients: under any other name, they could fetch the
 * server's key.
 */
function requireHidden(state: string, root: string): void {
  // The native function also knows the aliases of Windows.
  const realpath = fs.realpathSync.native
  const names = path.relative(realpath(root), realpath(state)).split(path.sep)
  const isServed = names[0] !== '..' && !path.isAbsolute(names[0] ?? '') && !names.includes(STATE_NAME)
  if (!isServed) return
  throw new TransferError(
    'forbidden',
    `the state folder "${state}" would be served with everything in it; choose one outside "${root}" with --state`,
  )
}
