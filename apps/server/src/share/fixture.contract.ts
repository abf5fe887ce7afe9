import type { DatabaseSync } from 'node:sqlite'
import { type FileSystem, scratchFiles } from '@ftp/files'
import { Hasher } from '@ftp/md5'
import { HOME, PERMISSIONS } from '@ftp/protocol'
import { credentialsIn } from '../../../../test/support/login-state.ts'
import { TempDir } from '../../../../test/support/temp-dir.ts'
import { openDatabase } from '../databases/sqlite/database.ts'
import { Digests } from '../databases/sqlite/digests.ts'
import { beginUsage } from '../databases/sqlite/quota-upkeep.ts'
import { Quotas } from '../databases/sqlite/quotas.ts'
import { type OpenStorage, openStorage } from '../open-storage.ts'
import type { Account } from '../state/accounts.ts'
import type { AuditEvent } from '../state/audit-event.ts'
import { LeaseDesk } from '../threads/lease-desk.ts'
import type { ToMain, ToThread } from '../threads/messages.ts'
import { ThreadLeases } from '../threads/thread-leases.ts'
import { countHome } from './count-home.ts'
import { Rates } from './rates.ts'
import type { Share } from './share.ts'

const hasher = new Hasher()

type Folder = Pick<TempDir, 'at' | 'folder'>

export interface ShareFixtureOptions {
  readonly fs?: FileSystem
  /** The folder of an earlier fixture, which may still be there: then its server has died. */
  readonly folder?: Folder
  /** The served folder, on whatever disk. */
  readonly root?: string
}

/**
 * The share of a server of two threads without its doors: a real disk, a real state, real leases. Disposing
 * of it removes everything.
 */
export class ShareFixture implements Disposable {
  readonly folder: Folder
  readonly root: string
  readonly database: DatabaseSync
  readonly events: AuditEvent[] = []
  readonly rates: Rates = new Rates(Rates.memory())
  readonly #digests: Digests
  readonly #owned: TempDir | undefined
  readonly #desk = new LeaseDesk()
  readonly #opened = new Map<number, { readonly storage: OpenStorage; readonly leases: ThreadLeases }>()

  constructor({ fs = scratchFiles, folder, root }: ShareFixtureOptions = {}) {
    this.#owned = folder === undefined ? new TempDir() : undefined
    this.folder = folder ?? this.#owned ?? new TempDir()
    this.root = root ?? this.folder.folder('root')
    this.database = openDatabase(this.folder.at('state.db'))
    this.#digests = new Digests(this.database)
    beginUsage(this.database)
    using before = openStorage(this.root, this.database, { fs })
    before.uploads.endAll()
    before.uploads.trustNothing()
    for (const thread of [1, 2]) {
      const storage = openStorage(this.root, this.database, { thread, fs })
      this.#opened.set(thread, { storage, leases: this.#leasesOf() })
    }
  }

  /** The share of an account, as a thread has it. */
  share(account: Account = accountOf('anna'), thread = 1): Share {
    const opened = this.#opened.get(thread)
    if (opened === undefined) throw new RangeError(`there is no thread ${thread}`)
    const quotas = new Quotas(this.database)
    const { storage, uploads } = opened.storage
    return {
      account,
      door: 'ftx',
      address: '127.0.0.1',
      storage: storage.below(account.home),
      hasher,
      blocks: hasher.blocks.share(`account ${account.name}`),
      digests: this.#digests,
      leases: opened.leases,
      quotas,
      countHome: async (home) => void (await countHome({ storage, uploads, quotas }, home)),
      writable: async () => {},
      uploads,
      rates: this.rates,
      audit: { record: (event) => this.events.push(event) },
      credentials: credentialsIn(this.database),
      setVerifier: async () => {},
    }
  }

  #leasesOf(): ThreadLeases {
    const later = (action: () => void): void => void setImmediate(action)
    const thread = {
      post: (message: ToThread) =>
        later(() => {
          if (message.type === 'lease-granted' || message.type === 'lease-wanted') leases.receive(message)
        }),
    }
    const leases = new ThreadLeases((message: ToMain) =>
      later(() => {
        if (message.type === 'lease-acquire') this.#desk.acquire(thread, message.ticket, message.key)
        if (message.type === 'lease-release') this.#desk.release(thread, message.ticket)
      }),
    )
    return leases
  }

  [Symbol.dispose](): void {
    this.#digests.flush()
    for (const { storage } of this.#opened.values()) storage[Symbol.dispose]()
    this.database.close()
    this.#owned?.[Symbol.dispose]()
  }
}

/** An account with all rights, unless `changes` says otherwise. */
export function accountOf(name: string, changes: Partial<Account> = {}): Account {
  const quota = { bytes: undefined, files: undefined }
  return { name, home: HOME, permissions: PERMISSIONS, quota, rate: undefined, ...changes }
}
