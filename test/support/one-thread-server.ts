import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import type { FileSystem } from '@ftp/files'
import { Hasher } from '@ftp/md5'
import { TransferError } from '@ftp/protocol'
import { openDatabase } from '../../apps/server/src/databases/sqlite/database.ts'
import { Digests } from '../../apps/server/src/databases/sqlite/digests.ts'
import { Quotas } from '../../apps/server/src/databases/sqlite/quotas.ts'
import type { Door, Guards, Peer, Served } from '../../apps/server/src/doors/door.ts'
import { ftx } from '../../apps/server/src/doors/ftx/conversation.ts'
import type { Disconnect } from '../../apps/server/src/guards/disconnect.ts'
import { Spool } from '../../apps/server/src/guards/spool.ts'
import { openStorage } from '../../apps/server/src/open-storage.ts'
import { countHome } from '../../apps/server/src/share/count-home.ts'
import type { Lease, Leases } from '../../apps/server/src/share/leases.ts'
import { type AnonymousAccess, Logins } from '../../apps/server/src/share/logins.ts'
import { Rates } from '../../apps/server/src/share/rates.ts'
import { content } from './chain.ts'
import { loginStateOf } from './login-state.ts'
import { TempDir } from './temp-dir.ts'

const LOOK_EVERY_MS = 500

export interface OneThreadOptions {
  /** How many blocks the server has. Default: 64. */
  readonly blocks?: number
  /** The rights of the anonymous account. Default: `write`. */
  readonly anonymous?: AnonymousAccess
  /**
   * Whether connections are asked to give memory back when others need it, as in a real server. Default:
   * false, so that requests that wait can be observed.
   */
  readonly yields?: boolean
  /** How long a client may be silent without a request, in milliseconds. Default: 10 minutes. */
  readonly idle?: number
  /** How its clients speak. Default: FTX. */
  readonly door?: Door
  /** The file system. Default: that of this machine. */
  readonly files?: FileSystem
}

/**
 * One handler thread of a server, run in this process: its connections in plaintext, and its {@link hasher},
 * which shows how many blocks are in use.
 */
export class OneThreadServer implements AsyncDisposable {
  readonly root: string
  readonly server: { readonly host: string; readonly port: number }
  readonly hasher: Hasher
  /** The errors that it reports as its own faults. */
  readonly faults: readonly string[]
  /** How its connections have ended. */
  readonly disconnects: readonly Disconnect[]
  readonly #connections: ReadonlySet<Served>
  readonly #stack: AsyncDisposableStack

  private constructor(
    root: string,
    port: number,
    hasher: Hasher,
    observed: { readonly faults: readonly string[]; readonly disconnects: readonly Disconnect[] },
    connections: ReadonlySet<Served>,
    stack: AsyncDisposableStack,
  ) {
    this.root = root
    this.server = { host: '127.0.0.1', port }
    this.hasher = hasher
    this.faults = observed.faults
    this.disconnects = observed.disconnects
    this.#connections = connections
    this.#stack = stack
  }

  static async start({
    blocks = 64,
    anonymous = 'write',
    yields = false,
    idle = 600_000,
    door = ftx,
    files,
  }: OneThreadOptions = {}): Promise<OneThreadServer> {
    await using stack = new AsyncDisposableStack()
    const folder = stack.use(new TempDir())
    const root = folder.folder('root')
    const state = path.join(root, '.ftp-server')
    fs.mkdirSync(state, { mode: 0o700 })
    const database = openDatabase(path.join(state, 'state.db'))
    stack.defer(() => database.close())
    const { storage, uploads } = stack.use(openStorage(root, database, { thread: 1, fs: files }))
    const hasher = stack.use(new Hasher(blocks))
    const quotas = new Quotas(database)
    const faults: string[] = []
    const disconnects: Disconnect[] = []
    const guards: Guards = {
      server: 'test',
      hasher,
      logins: new Logins(loginStateOf(database), anonymous, {
        storage,
        uploads,
        hasher,
        digests: new Digests(database),
        leases: new LocalLeases(),
        audit: { record: () => {} },
        quotas,
        countHome: async (home) => void (await countHome({ quotas, uploads, storage }, home)),
        writable: async () => {},
        rates: new Rates(Rates.memory()),
      }),
      uploadDays: 7,
      timeouts: { login: 20_000, idle, stall: 60_000, rate: 0 },
      log: { info: () => {}, warn: () => {}, error: () => {} },
      onFault: (error) => faults.push(error.stack ?? error.message),
    }
    const connections = new Set<Served>()
    const listener = net.createServer({ pauseOnConnect: true }, (socket) => {
      const peer: Peer = {
        address: '127.0.0.1',
        accepted: performance.now(),
        binding: () => undefined,
        onLogin: () => {},
        onWrongPassword: () => {},
        onClose(disconnect) {
          connections.delete(served)
          disconnects.push(disconnect)
        },
      }
      const served = door(socket, peer, guards)
      connections.add(served)
      socket.resume()
    })
    const spool = stack.use(new Spool(path.join(state, 'arriving')))
    const looking = setInterval(() => {
      for (const served of connections) {
        served.recheck()
        if (yields && hasher.blocks.isWanted) served.yieldMemory(spool)
      }
    }, LOOK_EVERY_MS)
    stack.defer(() => clearInterval(looking))
    listener.listen(0, '127.0.0.1')
    await once(listener, 'listening')
    stack.defer(async () => {
      for (const served of connections) served.drain()
      listener.close()
      await once(listener, 'close')
    })
    const address = listener.address()
    if (address === null || typeof address === 'string') throw new Error('it listens nowhere')
    return new OneThreadServer(root, address.port, hasher, { faults, disconnects }, connections, stack.move())
  }

  /** How many connections it has. */
  get connections(): number {
    return this.#connections.size
  }

  /** The path on disk of a served file or directory. */
  at(name: string): string {
    return path.join(this.root, name)
  }

  /** Writes a served file of `size` bytes. @returns its bytes */
  write(name: string, size: number): Uint8Array {
    const bytes = content(size)
    fs.writeFileSync(this.at(name), bytes)
    return bytes
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack[Symbol.asyncDispose]()
  }
}

/** The leases of a server that has no other thread. */
class LocalLeases implements Leases {
  readonly #held = new Map<
    string,
    { readonly stop: AbortController; readonly ended: PromiseWithResolvers<void> }
  >()

  async acquire(key: string): Promise<Lease> {
    for (let held = this.#held.get(key); held !== undefined; held = this.#held.get(key)) {
      held.stop.abort(new TransferError('taken_over', 'a newer connection continues this upload'))
      await held.ended.promise
    }
    const mine = { stop: new AbortController(), ended: Promise.withResolvers<void>() }
    this.#held.set(key, mine)
    return {
      signal: mine.stop.signal,
      [Symbol.dispose]: () => {
        if (this.#held.get(key) === mine) this.#held.delete(key)
        mine.ended.resolve()
      },
    }
  }
}
