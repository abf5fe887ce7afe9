import { HOME, joinPath, parentPath, type RemotePath, TransferError } from '@ftp/protocol'
import type { UploadRecords } from '../databases/sqlite/uploads.ts'
import type { Account, AccountRecord } from '../state/accounts.ts'
import type { LinkRecord } from '../state/link-record.ts'
import { type Links, VISIT_S } from '../state/links.ts'
import { isSecret } from '../state/secret.ts'
import type { AccountShares, GuestView, Login } from './account-shares.ts'
import { OneFile, UploadFolder } from './guest-storage.ts'
import type { ClientOrigin } from './origin.ts'
import { type Passwords, WrongPassword } from './passwords.ts'
import type { Share } from './share.ts'
import { linkOfUpload } from './upload-link.ts'

export { VISIT_S }

/** What a guest shows to use a link. */
export interface GuestRequest {
  /** The secret in the URL. */
  readonly secret: string
  /** The value of the link's cookie, if the guest has one. */
  readonly visit?: string | undefined
  /** The id of the upload that the guest continues. If it was begun by this link, it has been counted. */
  readonly upload?: string | undefined
  /** The password of the link, if the guest has sent one. */
  readonly password?: string | undefined
  /** Its abort ends the wait for the password's turn to be checked. */
  readonly signal?: AbortSignal | undefined
}

/** A guest who has opened a link. */
export interface Guest {
  /**
   * Reaches what the link shares: a folder as the home, or one file in the home. It ends with the link, with
   * its expiry, and with the rights of its owner.
   */
  readonly login: Login
  readonly kind: LinkRecord['kind']
  /** The file, if the link is to a file. */
  readonly file: RemotePath | undefined
  /** The name of what is shared, for a person; the link's id instead of the name for an upload-only link. */
  readonly name: string
  /**
   * Remembers that this guest knows the password, so that it need not be sent again.
   * @returns the value of the link's cookie; undefined if the link has no password
   */
  readonly admit: () => Promise<string | undefined>
  /**
   * Call this before the first byte of a file is sent or stored. It counts one use, unless the guest's visit
   * has been counted already.
   * @returns the value of the link's cookie, with which the rest of the visit is free
   * @throws TransferError `not_found` if the link is used up
   */
  readonly use: () => Promise<string>
}

/** The answer to every link that does not exist, has expired, or is used up. */
function gone(): TransferError {
  return new TransferError('not_found', 'there is no such link, or it is no longer valid')
}

/** Opens share links for people without an account. */
export class ShareLinks {
  readonly #links: Links
  readonly #shares: AccountShares
  readonly #passwords: Passwords
  readonly #uploads: UploadRecords

  constructor(
    links: Links,
    shares: AccountShares,
    passwords: Passwords,
    { uploads }: Pick<Share, 'uploads'>,
  ) {
    this.#links = links
    this.#shares = shares
    this.#passwords = passwords
    this.#uploads = uploads
  }

  /**
   * Opens a link. Call this for every request of a guest. It counts nothing: see {@link Guest.use}.
   * @throws TransferError `not_found` for a link that does not exist, has expired, is used up, or whose owner
   * may no longer do what it allows; `login` if it needs a password; WrongPassword; `busy`
   */
  async open(request: GuestRequest, origin: ClientOrigin): Promise<Guest> {
    const { secret, visit, upload } = request
    const link = isSecret('link', secret) ? await this.#links.find(secret) : undefined
    if (link === undefined) throw gone()
    const isContinued = upload !== undefined && this.#hasBegun(link, upload)
    const progress = isContinued ? 'counted' : visit && (await this.#links.visit(link, visit))
    if (progress !== 'counted' && link.uses >= (link.mostUses ?? Infinity)) throw gone()
    if (progress === undefined) await this.#requirePassword(link, request, origin)
    const login = await this.#login(secret, link, origin)
    const name = link.path.at(-1)
    return {
      login,
      kind: link.kind,
      file: link.kind === 'file' && name !== undefined ? joinPath(HOME, name) : undefined,
      name: link.kind === 'upload' ? link.id : (name ?? ''),
      admit: async () => {
        if (link.verifier === undefined || progress !== undefined) return visit
        return await this.#links.admit(link)
      },
      use: async () => {
        const counted = await this.#links.use(link, progress === undefined ? undefined : visit)
        if (counted === undefined) throw gone()
        if (counted !== visit || progress !== 'counted')
          this.#shares.record(link.account, origin, 'ok', credentialOf(link))
        return counted
      },
    }
  }

  /** Whether an upload was begun by this link: only whoever has begun it knows its id. */
  #hasBegun({ id, account, path }: LinkRecord, upload: string): boolean {
    return linkOfUpload(this.#uploads, { account, home: path.join('/'), key: upload }) === id
  }

  /** @throws WrongPassword; TransferError `login` if the guest has sent none, `busy` */
  async #requirePassword(
    link: LinkRecord,
    { password, signal }: GuestRequest,
    origin: ClientOrigin,
  ): Promise<void> {
    const { id, verifier } = link
    if (verifier === undefined) return
    if (password === undefined) throw new TransferError('login', 'this link needs a password')
    // A link never changes, so it has one generation.
    const stored = { ...verifier, generation: id }
    const { source } = origin
    if (await this.#passwords.isRight({ subject: `link ${id}`, password, verifier: stored, source, signal }))
      return
    this.#shares.record(link.account, origin, 'refused', credentialOf(link))
    throw new WrongPassword('the password is not right')
  }

  async #login(secret: string, link: LinkRecord, origin: ClientOrigin): Promise<Login> {
    const restrict = async (account: AccountRecord): Promise<Account> => {
      if ((await this.#links.find(secret))?.id !== link.id) throw new TransferError('login', gone().message)
      return restricted(account, link)
    }
    try {
      return await this.#shares.login(link.account, origin, {
        name: credentialOf(link),
        restrict,
        guest: viewOf(link),
      })
    } catch (error) {
      // A link must not reveal the state of its owner's account.
      throw TransferError.from(error).code === 'login' ? gone() : error
    }
  }
}

function credentialOf({ id }: LinkRecord): string {
  return `link ${id}`
}

/**
 * The owner's account as a guest may use it. @throws TransferError `login` if it no longer allows what the
 * link does
 */
function restricted(account: AccountRecord, { path, kind }: LinkRecord): Account {
  const isInside = account.home.every((name, depth) => path[depth] === name)
  const needed = kind === 'upload' ? (['write'] as const) : (['list', 'read'] as const)
  const permissions = needed.filter((permission) => account.permissions.includes(permission))
  if (!isInside || !permissions.some((permission) => permission !== 'list'))
    throw new TransferError('login', gone().message)
  return {
    ...account,
    permissions,
    home: kind === 'file' ? parentPath(path) : path,
    ownerHome: account.home,
  }
}

function viewOf({ id: link, path, kind }: LinkRecord): GuestView {
  const name = path.at(-1)
  switch (kind) {
    case 'file':
      return { link, hidesNames: false, narrow: (storage) => new OneFile(storage, name ?? '') }
    case 'folder':
      return { link, hidesNames: false, narrow: (storage) => storage }
    case 'upload':
      return { link, hidesNames: true, narrow: (storage) => new UploadFolder(storage) }
    default:
      return kind satisfies never
  }
}
