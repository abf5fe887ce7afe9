import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { scratchFiles } from '@ftp/files'
import { Block, Hasher } from '@ftp/md5'
import { formatPath, PERMISSIONS, parsePath, TransferError } from '@ftp/protocol'
import { describe, expect, it } from 'vitest'
import { randomNumbers } from '../../../../test/support/files.ts'
import { credentialsIn } from '../../../../test/support/login-state.ts'
import { TempDir } from '../../../../test/support/temp-dir.ts'
import { openDatabase } from '../databases/sqlite/database.ts'
import { Digests } from '../databases/sqlite/digests.ts'
import { beginUsage, forgetUsage } from '../databases/sqlite/quota-upkeep.ts'
import { Quotas } from '../databases/sqlite/quotas.ts'
import { disownUploads } from '../databases/sqlite/uploads.ts'
import { type OpenStorage, openStorage } from '../open-storage.ts'
import type { Account } from '../state/accounts.ts'
import { ChainedUpload } from './chained-upload.ts'
import { countHome } from './count-home.ts'
import { move } from './move.ts'
import { mput } from './mput.ts'
import { put } from './put.ts'
import { requireCounted } from './quota.ts'
import { Rates } from './rates.ts'
import { remove } from './remove.ts'
import type { Share } from './share.ts'
import { removeAbandoned } from './unfinished.ts'

/*
 * Whatever happens, in whatever order: each partial on the disk that nobody writes to has a record of its size, no other
 * record exists, and what a home has used is what a recount of its files and partials finds, with what running uploads have
 * reserved.
 */

const hasher = new Hasher()

const LIMIT = { bytes: 400, files: 12 }
const NONE = { bytes: undefined, files: undefined }
const FOREVER = Number.MAX_SAFE_INTEGER
const DIRECTORIES = ['', 'd', 'd/e', 'f']
const NAMES = ['x', 'y', 'z']
const THREADS = [1, 2]

function account(name: string, home: string, quota: Account['quota']): Account {
  return { name, home: parsePath(home), permissions: PERMISSIONS, quota, rate: undefined }
}
const ACCOUNTS = [account('ada', 'ada', LIMIT), account('ben', 'ben', LIMIT), account('root', '', NONE)]

interface Running {
  readonly upload: ChainedUpload
  readonly thread: number
  readonly length: number
}

/** A server of two threads without its connections. Disposing of it removes it. */
class World implements Disposable {
  readonly #folder = new TempDir()
  readonly #root = this.#folder.folder('root')
  readonly #database: DatabaseSync = openDatabase(this.#folder.at('state.db'))
  readonly #digests = new Digests(this.#database)
  readonly #quotas = new Quotas(this.#database)
  readonly #opened = new Map<number | null, OpenStorage>()
  readonly #running = new Map<string, Running>()
  readonly #random: () => number

  constructor(seed: number) {
    this.#random = randomNumbers(seed)
    beginUsage(this.#database)
    for (const thread of [...THREADS, null])
      this.#opened.set(thread, openStorage(this.#root, this.#database, { thread, fs: scratchFiles }))
    for (const directory of ['ada/d/e', 'ben/d', 'ben/f'])
      fs.mkdirSync(path.join(this.#root, directory), { recursive: true })
  }

  [Symbol.dispose](): void {
    for (const opened of this.#opened.values()) opened[Symbol.dispose]()
    this.#database.close()
    this.#folder[Symbol.dispose]()
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }

  #pick<T>(from: readonly T[]): T {
    const one = from[this.#below(from.length)]
    if (one === undefined) throw new Error('nothing to pick from')
    return one
  }

  #storage(thread: number | null): OpenStorage {
    const opened = this.#opened.get(thread)
    if (opened === undefined) throw new Error(`there is no thread ${thread}`)
    return opened
  }

  #share(account: Account, thread = this.#pick(THREADS)): Share {
    const { storage, uploads } = this.#storage(thread)
    return {
      account,
      address: '',
      door: 'ftx',
      storage: storage.below(account.home),
      hasher,
      blocks: hasher.blocks,
      digests: this.#digests,
      quotas: this.#quotas,
      countHome: async (home) => void (await countHome({ quotas: this.#quotas, uploads, storage }, home)),
      writable: async () => {},
      credentials: credentialsIn(this.#database),
      setVerifier: async () => {},
      uploads,
      rates: new Rates(Rates.memory()),
      audit: { record: () => {} },
      leases: {
        acquire: async (key) => {
          await this.#leave(key)
          return { signal: new AbortController().signal, [Symbol.dispose]: () => {} }
        },
      },
    }
  }

  /** The path of something below the home of an account, which need not be there. */
  #path({ home }: Account): string {
    const below = [this.#pick(DIRECTORIES), this.#pick(NAMES)].filter((part) => part !== '').join('/')
    return home.length > 0 ? below : `${this.#pick(['ada', 'ben'])}/${below}`
  }

  #directory(account: Account): string {
    return formatPath(parsePath(this.#path(account)).slice(0, -1) as never)
  }

  async #leave(key: string): Promise<void> {
    const running = this.#running.get(key)
    this.#running.delete(key)
    await running?.upload[Symbol.asyncDispose]()
  }

  /** Each is one thing that may happen. */
  readonly #steps: readonly (() => Promise<unknown> | unknown)[] = [
    async () => await this.#begin(),
    async () => await this.#begin(),
    async () => await this.#begin(),
    async () => await this.#receive(this.#below(60)),
    async () => await this.#receive(this.#below(60)),
    async () => await this.#finish(),
    async () => await this.#finish(),
    async () => await this.#leave(this.#pick([...this.#running.keys()])),
    async () => {
      const account = this.#pick(ACCOUNTS)
      const bytes = Buffer.alloc(this.#below(50))
      const md5 = createHash('md5').update(bytes).digest()
      const file = { path: parsePath(this.#path(account)), bytes, md5, length: bytes.length }
      await mput(this.#share(account), [{ ...file, ifExists: 'replace' }])
    },
    async () => {
      const account = this.#pick(ACCOUNTS)
      const what = this.#random() < 0.5 ? this.#path(account) : this.#directory(account)
      await remove(this.#share(account), parsePath(what), true)
    },
    async () => {
      const account = this.#pick(ACCOUNTS)
      const [from, to] = [this.#path(account), this.#path(account)]
      await move(this.#share(account), parsePath(from), parsePath(to), 'replace')
    },
    async () => {
      const account = this.#pick(ACCOUNTS)
      const [from, to] = [this.#directory(account), this.#directory(account)]
      await move(this.#share(account), parsePath(from), parsePath(to), 'fail')
    },
    async () => {
      const account = this.#pick(ACCOUNTS)
      await this.#share(account).storage.makeDirectory(parsePath(this.#directory(account)), true)
    },
    /** `ftp-server uploads abort` */
    () => {
      const partial = this.#pick(this.#partials())
      this.#storage(null).storage.removePartial(parsePath(partial.directory), partial.key)
    },
    async () => {
      const { storage, uploads } = this.#storage(null)
      await removeAbandoned(storage, uploads, this.#random() < 0.2 ? FOREVER : 0)
    },
    () => disownUploads(this.#database, this.#pick(ACCOUNTS).name),
    () => this.#die(this.#pick(THREADS)),
    /** kill -9 and a new start */
    () => {
      this.#die()
      beginUsage(this.#database)
    },
  ]

  async #begin(): Promise<void> {
    const account = this.#pick(ACCOUNTS)
    const thread = this.#pick(THREADS)
    const length = this.#below(120)
    const upload = this.#random() < 0.8 ? this.#pick(['a', 'b']).repeat(32) : undefined
    const offer = { upload, length: this.#random() < 0.7 ? length : null, ifExists: 'replace' } as const
    let key: string | undefined
    const share = this.#share(account, thread)
    const leases: Share['leases'] = {
      acquire: async (wanted) => {
        key = wanted
        return await share.leases.acquire(wanted)
      },
    }
    const begun = await put({ ...share, leases }, parsePath(this.#path(account)), offer)
    if (!(begun instanceof ChainedUpload)) return
    this.#running.set(key ?? `unnamed ${this.#running.size} ${this.#random()}`, {
      upload: begun,
      thread,
      length,
    })
  }

  /** Bytes come. @returns whether the file is whole */
  async #receive(most: number): Promise<string> {
    const [key, { upload, length }] = this.#pick([...this.#running])
    try {
      const bytes = Buffer.alloc(Math.min(length, most))
      const isWhole = bytes.length === length
      const md5 = createHash('md5').update(bytes).digest()
      const intake = await upload.receive(() => {})
      if (isWhole) upload.ends(length, md5)
      await intake.take(0, new Block(bytes), md5, bytes.length)
      await intake.settled()
    } catch (error) {
      await this.#leave(key)
      throw error
    }
    return key
  }

  async #finish(): Promise<void> {
    const key = await this.#receive(FOREVER)
    try {
      await this.#running.get(key)?.upload.commit()
    } finally {
      await this.#leave(key)
    }
  }

  /** A thread dies, or all of them: nobody puts anything in order. */
  #die(thread?: number): void {
    for (const [key, running] of this.#running)
      if (thread === undefined || running.thread === thread) this.#running.delete(key)
    this.#storage(null).uploads.endAll(thread)
    forgetUsage(this.#database)
  }

  /** Partials on the disk. */
  #partials(): { key: string; directory: string; bytes: number }[] {
    return fs.globSync('**/.ftp-part-*', { cwd: this.#root }).map((file) => ({
      key: path.basename(file).slice('.ftp-part-'.length),
      directory: path.dirname(file) === '.' ? '' : path.dirname(file),
      bytes: fs.statSync(path.join(this.#root, file)).size,
    }))
  }

  /** Does something at random. What is refused is no failure; a fault is. */
  async step(): Promise<void> {
    try {
      await this.#pick(this.#steps)()
    } catch (error) {
      if (error instanceof Error && error.message === 'nothing to pick from') return
      if (!(error instanceof TransferError) || error.code === 'internal') throw error
    }
  }

  async leaveAll(): Promise<void> {
    for (const key of this.#running.keys()) await this.#leave(key)
  }

  /** Everything that must be true now. */
  async check(): Promise<void> {
    // Logging in makes them.
    for (const home of ['ada', 'ben']) fs.mkdirSync(path.join(this.#root, home), { recursive: true })
    const rows = this.#database.prepare('SELECT * FROM uploads').all()
    const running = rows.filter(({ thread }) => thread !== null)
    expect(running).toHaveLength(this.#running.size)
    const named = rows.map(({ key, directory }) => `${directory}/${key}`)
    const kept = rows.filter(({ thread }) => thread === null)
    expect(
      kept.map(({ key, directory, bytes, files }) => ({ key, directory, bytes, files })).sort(byName),
    ).toEqual(
      this.#partials()
        .filter(
          ({ key, directory }) => !running.some((row) => row.key === key && row.directory === directory),
        )
        .map((partial) => ({ ...partial, files: 1 }))
        .sort(byName),
    )
    expect(new Set(named).size).toBe(named.length)
    for (const account of ACCOUNTS.slice(0, 2)) {
      const share = this.#share(account)
      await requireCounted(share)
      const home = formatPath(account.home)
      const isBelow = (directory: unknown): boolean => `${directory}/`.startsWith(`${home}/`)
      const found = { bytes: 0, files: 0 }
      for (const entry of fs.readdirSync(path.join(this.#root, home), {
        recursive: true,
        withFileTypes: true,
      })) {
        if (!entry.isFile() || entry.name.startsWith('.ftp-part-')) continue
        found.bytes += fs.statSync(path.join(entry.parentPath, entry.name)).size
        found.files++
      }
      for (const partial of this.#partials()) {
        const isRunning = running.some(
          (row) => row.key === partial.key && row.directory === partial.directory,
        )
        if (isRunning || !isBelow(partial.directory)) continue
        found.bytes += partial.bytes
        found.files++
      }
      for (const row of running) {
        if (!isBelow(row.directory)) continue
        found.bytes += Number(row.bytes)
        found.files += Number(row.files)
      }
      expect(share.quotas.usage(home)).toEqual(found)
    }
  }
}

function byName(a: Record<string, unknown>, b: Record<string, unknown>): number {
  return `${a.directory}/${a.key}` < `${b.directory}/${b.key}` ? -1 : 1
}

describe('the records of partials', () => {
  it.each(Array.from({ length: 20 }, (_, seed) => seed))(
    'and what homes have used are what a recount finds, whatever has happened (%i)',
    async (seed) => {
      using world = new World(seed)
      for (let step = 0; step < 80; step++) {
        await world.step()
        await world.check()
      }
      await world.leaveAll()
      await world.check()
    },
    30_000,
  )
})
