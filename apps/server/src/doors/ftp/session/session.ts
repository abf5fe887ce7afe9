import { HOME, type RemotePath, resolvePath, TransferError } from '@ftp/protocol'
import type { Disconnect } from '../../../guards/disconnect.ts'
import type { Refusal as SourceRefusal } from '../../../guards/refusal.ts'
import { sourceOf } from '../../../guards/source-address.ts'
import type { Login } from '../../../share/logins.ts'
import type { ClientOrigin } from '../../../share/origin.ts'
import type { Share } from '../../../share/share.ts'
import type { Guards, Peer } from '../../door.ts'
import { Refusal, type Reply } from '../wire/reply.ts'
import type { DataSource } from './data-source.ts'
import type { FtpOptions } from './options.ts'
import { SessionTls } from './session-tls.ts'

/** What a session may do with its control connection. */
export interface Control {
  /** The address that the client has reached. */
  readonly local: string
  /** Sends a reply before the one that ends the command. */
  readonly say: (reply: Reply) => Promise<void>
  /** Sends a reply, and then begins TLS. */
  readonly secure: (reply: Reply) => Promise<void>
  /** Closes the connection after the reply to the command. */
  readonly close: (disconnect?: Disconnect) => void
  /** Whether the client has sent ABOR after the command that is running. */
  readonly isCancelled: () => boolean
  /** To be called once, when the login is accepted. */
  readonly onLogin: (account: string) => void
}

/** What commands of a client have agreed upon, for those that follow. */
export class Session implements Disposable {
  readonly peer: Peer
  readonly guards: Guards
  readonly options: FtpOptions
  readonly control: Control
  readonly origin: ClientOrigin
  readonly tls: SessionTls | undefined
  /** The refusal that everybody except the exempt accounts gets. */
  refusal: SourceRefusal | undefined
  /** Whether the control connection is inside TLS. */
  isEncrypted = false
  /** Whether data connections are, too. */
  isProtected: boolean
  hasBufferSize: boolean
  /** As in the latest USER. */
  user: string | undefined
  login: Login | undefined
  directory: RemotePath = HOME
  /**
   * Whether lines are converted: if the client has asked for the type ASCII. It is also the type at the beginning, but
   * devices that never ask send images.
   */
  isText = false
  /** Set by REST, for the next transfer. */
  restart = 0
  /** Set by ALLO, for the next upload. */
  announced: number | undefined
  /** Set by RNFR, for the RNTO that has to follow it. */
  renameFrom: RemotePath | undefined
  /** After EPSV ALL, no other command for data connections is taken. */
  isExtendedOnly = false
  /** How much SIZE has said there is of an unfinished upload of this client: APPE continues it there. */
  reportedSize: { readonly path: RemotePath; readonly size: number } | undefined
  #data: DataSource | undefined
  #transfer: AbortController | undefined
  /** Whether a transfer has been cancelled for which no ABOR has been answered yet. */
  hasCancelled = false

  constructor(peer: Peer, guards: Guards, options: FtpOptions, control: Control) {
    this.peer = peer
    this.guards = guards
    this.options = options
    this.control = control
    this.origin = { address: peer.address, source: sourceOf(peer.address), door: 'ftp' }
    this.tls = options.credentials && new SessionTls(options.credentials)
    this.isProtected = options.isImplicit
    this.hasBufferSize = options.isImplicit
  }

  /** The account's files, with the rights that it has now. @throws Refusal 530; TransferError `login` */
  async share(): Promise<Share> {
    if (this.login === undefined) throw new Refusal(530, 'log in first, with USER and PASS')
    return await this.login.share()
  }

  /** The path that an argument means. @throws TransferError `name` */
  resolve(argument: string): RemotePath {
    return resolvePath(argument, this.directory)
  }

  /** Agrees upon the next data connection, in place of an earlier one. */
  set data(source: DataSource | undefined) {
    this.#data?.[Symbol.dispose]()
    this.#data = source
  }

  /** The data connection that was agreed upon; the caller owns it. @throws Refusal 425 */
  takeData(): DataSource {
    const source = this.#data
    this.#data = undefined
    if (source === undefined) throw new Refusal(425, 'use PASV, EPSV, PORT or EPRT first')
    return source
  }

  /** Begins a transfer, which {@link cancel} and {@link abort} can end. Dispose of it at its end. */
  beginTransfer(): Disposable & { readonly signal: AbortSignal } {
    const transfer = new AbortController()
    this.#transfer = transfer
    if (this.control.isCancelled()) this.cancel()
    return {
      signal: transfer.signal,
      [Symbol.dispose]: () => {
        this.#transfer = undefined
      },
    }
  }

  /** Ends the transfer because the client wants it. */
  cancel(): void {
    if (this.#transfer === undefined) return
    this.hasCancelled = true
    this.abort(new TransferError('cancelled', 'the transfer was aborted'))
  }

  /** Ends the transfer, if there is one. */
  abort(reason: TransferError): void {
    this.#transfer?.abort(reason)
  }

  /** @throws TransferError `login` if the account is no longer admitted */
  async recheck(): Promise<void> {
    if (this.#transfer !== undefined) await this.login?.share()
  }

  [Symbol.dispose](): void {
    this.data = undefined
  }
}
