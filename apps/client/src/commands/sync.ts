import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fromErrno, joinPath, parsePath, printable, type RemotePath, TransferError } from '@ftp/protocol'
import { Client } from '../client.ts'
import type { Session } from '../session.ts'
import { clientId } from '../settings.ts'
import {
  type Context,
  folderOf,
  localPath,
  openSession,
  remotePath,
  reporterFor,
  writeJson,
} from './context.ts'
import { type FilterOptions, toFilter } from './filter.ts'
import { fetchJob } from './get.ts'
import { sendJob } from './put.ts'
import { RemoteFolders } from './remote-folders.ts'
import { type Change, planSync, type TreeEntry } from './sync-plan.ts'
import { localSide, remoteSide } from './sync-side.ts'
import { type Found, type Job, runTransfers } from './transfers.ts'

export interface SyncOptions extends FilterOptions {
  readonly jobs: number
  readonly delete?: boolean
  readonly allowEmpty?: boolean
  readonly maxDelete?: number
  readonly dryRun?: boolean
  readonly checksum?: boolean
}

/** One side of the command line: `server:path`, or a local path. */
const REMOTE = /^(?<server>[^/\\:]*|[^/\\:]*:\d+|\[[^\]]*\](:\d+)?):(?<path>.*)$/

/** `sync <source> <target>`: makes the target like the source, by moving what differs. */
export async function sync(
  context: Context,
  [from = '', to = '']: readonly string[],
  options: SyncOptions,
): Promise<number> {
  const [source, target] = [REMOTE.exec(from)?.groups, REMOTE.exec(to)?.groups]
  const remote = source ?? target
  if (remote === undefined || (source === undefined) === (target === undefined)) {
    const text = 'one of the two must be on a server, written as server:path, or as :path for the usual one'
    throw new TransferError('bad_request', text)
  }
  const server = remote.server === '' ? context.options.server : remote.server
  const there = { ...context, options: { ...context.options, ...(server !== undefined && { server }) } }
  using session = await openSession(there)
  const root = remotePath(context, remote.path ?? '')
  using work = new Sync(context, session, localPath(context, source === undefined ? from : to), root, options)
  return await work.run(source === undefined ? 'put' : 'get')
}

class Sync implements Disposable {
  readonly #context: Context
  readonly #session: Session
  readonly #client: Client
  readonly #local: string
  readonly #remote: RemotePath
  readonly #options: SyncOptions
  readonly #folders: RemoteFolders

  constructor(context: Context, session: Session, local: string, remote: RemotePath, options: SyncOptions) {
    this.#context = context
    this.#session = session
    this.#client = new Client(session, folderOf(context))
    this.#local = local
    this.#remote = remote
    this.#options = options
    this.#folders = new RemoteFolders(session)
  }

  async run(way: 'get' | 'put'): Promise<number> {
    const sides = [localSide(this.#local), remoteSide(this.#client, this.#remote)] as const
    const [source, target] = way === 'put' ? sides : [sides[1], sides[0]]
    if (!(await source.exists()))
      throw new TransferError('not_found', 'there is no such source directory; nothing was changed')
    const { allowEmpty = false, maxDelete = Number.POSITIVE_INFINITY, checksum } = this.#options
    const plan = planSync(source, target, {
      filter: toFilter(this.#options),
      delete: this.#options.delete ?? false,
      allowEmpty,
      maxDelete,
      sameContent: checksum ? (name) => this.#sameContent(name) : undefined,
    })
    const reporter = reporterFor(this.#context, way === 'put' ? 'stored' : 'received', true, true)
    return await runTransfers(this.#context, this.#session, reporter, this.#do(plan, way), this.#options.jobs)
  }

  [Symbol.dispose](): void {
    this.#folders[Symbol.dispose]()
  }

  /** Tells each change, and makes it unless it is a dry run. */
  async *#do(plan: AsyncIterable<Change>, way: 'get' | 'put'): AsyncGenerator<Found> {
    const made = new Map<string, Promise<void>>()
    if (!this.#options.dryRun) made.set('', this.#makeFolder('', way))
    for await (const one of plan) {
      if (!('change' in one)) {
        yield one
        continue
      }
      const { change, entry } = one
      this.#tell(change, entry)
      if (this.#options.dryRun) continue
      try {
        if (change === 'delete') await this.#delete(entry, way)
        else if (entry.type === 'directory') made.set(entry.name, this.#makeFolder(entry.name, way))
        else yield { job: this.#job(entry, way, made.get(path.posix.dirname(entry.name)) ?? made.get('')) }
      } catch (error) {
        yield { failure: TransferError.from(error) }
      }
    }
    for (const folder of made.values()) {
      const failure = await folder.then(() => undefined, TransferError.from)
      if (failure !== undefined) yield { failure }
    }
  }

  #job(entry: TreeEntry, way: 'get' | 'put', folder: Promise<void> | undefined): Job {
    const [local, remote] = this.#paths(entry.name)
    const id = clientId(folderOf(this.#context))
    return way === 'get'
      ? fetchJob(remote, local, 'replace', 'mode' in entry ? entry : undefined)
      : sendJob({ id, ifExists: 'replace' }, local, remote, entry.size, folder)
  }

  #makeFolder(name: string, way: 'get' | 'put'): Promise<void> {
    const [local, remote] = this.#paths(name)
    const making = (async () => {
      if (way === 'put') return await (await this.#folders.make(remote)).made
      try {
        fs.mkdirSync(local, { recursive: true })
      } catch (error) {
        throw fromErrno(error, `"${printable(local)}"`)
      }
    })()
    making.catch(() => {})
    return making
  }

  async #delete({ name }: TreeEntry, way: 'get' | 'put'): Promise<void> {
    const [local, remote] = this.#paths(name)
    try {
      if (way === 'get') fs.rmSync(local, { recursive: true })
      else await this.#client.remove(remote, { recursive: true })
    } catch (error) {
      throw fromErrno(error, `"${printable(name)}"`)
    }
  }

  /** Compares MD5s: the server's is remembered from when the file was stored, where it was. */
  async #sameContent(name: string): Promise<boolean> {
    const [local, remote] = this.#paths(name)
    const hash = createHash('md5')
    const [{ md5 }] = await Promise.all([
      this.#client.md5(remote),
      pipeline(fs.createReadStream(local), hash),
    ])
    return md5 === hash.digest('hex')
  }

  /** What the server names must stay below the root, whatever it says. */
  #paths(name: string): [local: string, remote: RemotePath] {
    if (name === '') return [this.#local, this.#remote]
    const names = parsePath(name)
    return [path.join(this.#local, ...names), names.reduce<RemotePath>(joinPath, this.#remote)]
  }

  #tell(change: 'new' | 'changed' | 'delete', { name, type }: TreeEntry): void {
    const { options, stdout } = this.#context
    if (options.json) return writeJson(this.#context, { event: 'change', change, path: name, type })
    if (options.quiet) return
    const sign = { new: '+', changed: '>', delete: '-' }[change]
    stdout.write(`${sign} ${printable(name)}${type === 'directory' ? '/' : ''}\n`)
  }
}
