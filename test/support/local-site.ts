import path from 'node:path'
import { type Server, type ServerOptions, startServer } from '@ftp/server'
import { type Run, runHere } from './in-process-client.ts'
import { removeFiles } from './moves.ts'
import { TempDir } from './temp-dir.ts'
import { TRANSPORT } from './transport.ts'

/** A server and its clients in this process, for tests that run hundreds of commands. */
export class LocalSite implements AsyncDisposable {
  readonly root: string
  readonly home: string
  readonly server: Server
  /** The errors that the server reports as its own faults. */
  readonly faults: readonly string[]
  readonly #folder: TempDir

  private constructor(folder: TempDir, server: Server, faults: readonly string[]) {
    this.#folder = folder
    this.root = folder.at('root')
    this.home = folder.folder('home')
    this.server = server
    this.faults = faults
  }

  /** @param more options of the server besides the usual ones. By default it has one handler thread. */
  static async open(more: Partial<ServerOptions> = {}): Promise<LocalSite> {
    using opened = new DisposableStack()
    const folder = opened.use(new TempDir())
    const faults: string[] = []
    const options = { port: 0, host: '127.0.0.1', anonymous: 'write', threads: 1 } as const
    const server = await startServer(
      { root: folder.folder('root'), ...options, ...TRANSPORT.options, ...more },
      (fault) => faults.push(fault),
    )
    opened.move()
    return new LocalSite(folder, server, faults)
  }

  /** Removes all files of both sides, but nothing of what the server or clients know. */
  clear(): void {
    removeFiles(this)
  }

  /** The path of a file on the side of the server. */
  remote(name: string): string {
    return path.join(this.root, name)
  }

  /** The path of a file on the side of the client. */
  local(name: string): string {
    return path.join(this.home, name)
  }

  /** Runs a client command, by default with a direct connection to the server. */
  async run(
    args: readonly string[],
    { port = this.server.port, global = [], json = true, signal }: RunOptions = {},
  ): Promise<Run> {
    return await runHere(
      args,
      { port, global: [...(json ? ['--json'] : []), ...global], config: this.#folder.at('config') },
      signal,
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]()
    this.#folder[Symbol.dispose]()
  }
}

export interface RunOptions {
  readonly port?: number
  readonly global?: readonly string[]
  /** Default: true. */
  readonly json?: boolean
  /** Aborting it has the effect of Ctrl-C. */
  readonly signal?: AbortSignal
}
