import fs from 'node:fs'
import type { ClientOptions } from './client-process.ts'
import { runClient, startClient } from './client-process.ts'
import { type InFolderOptions, runInFolder } from './in-process-client.ts'
import { removeFiles } from './moves.ts'
import type { Program, Result } from './program.ts'
import { ServerProcess, type ServerProcessOptions } from './server-process.ts'
import { TempDir } from './temp-dir.ts'

/**
 * A server with a folder of its own, and a folder for clients to work in. Disposing of it removes all of
 * them.
 */
export class Site implements AsyncDisposable {
  /** The folder that the server serves. */
  readonly root: string
  /** The working directory of clients. */
  readonly home: string
  /** The configuration folder of the clients. */
  readonly config: string
  readonly #folder: TempDir
  readonly #threads: number
  #server: ServerProcess

  private constructor(folder: TempDir, server: ServerProcess, threads: number) {
    this.#folder = folder
    this.#server = server
    this.#threads = threads
    this.root = folder.folder('root')
    this.home = folder.folder('home')
    this.config = folder.at('config')
  }

  /** @param options `threads` as for a {@link ServerProcess}; restarted servers have as many */
  static async open({ threads = 1 }: Pick<ServerProcessOptions, 'threads'> = {}): Promise<Site> {
    using folder = new DisposableStack()
    const dir = folder.use(new TempDir())
    const server = await ServerProcess.start({ root: dir.folder('root'), threads })
    folder.move()
    return new Site(dir, server, threads)
  }

  get server(): ServerProcess {
    return this.#server
  }

  get port(): number {
    return this.#server.port
  }

  /**
   * Restarts the server after it has been killed or has ended. It gets another port, because its old one may
   * now be in use; clients that must find it again connect through a proxy.
   */
  async restart(args: readonly string[] = []): Promise<void> {
    await this.#server.kill()
    this.#server = await ServerProcess.start({ root: this.root, threads: this.#threads, args })
  }

  /** Removes all files of both sides, and what clients know, but nothing of what the server knows. */
  clear(): void {
    removeFiles(this)
    fs.rmSync(this.config, { recursive: true, force: true })
  }

  /** Starts a client command. */
  start(args: readonly string[], options: Partial<ClientOptions> = {}): Program {
    return startClient(args, this.#complete(options))
  }

  /** Runs a client command to its end, in this process. */
  async run(args: readonly string[], options: Partial<InFolderOptions> = {}): Promise<Result> {
    return await runInFolder(args, this.#complete(options))
  }

  /** Runs a client command to its end in a process of its own, for what only a process shows. */
  async runProcess(args: readonly string[], options: Partial<ClientOptions> = {}): Promise<Result> {
    return await runClient(args, this.#complete(options))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]()
    this.#folder[Symbol.dispose]()
  }

  #complete<T extends object>(options: T): Where & T {
    return { port: this.port, config: this.config, cwd: this.home, ...options }
  }
}

/** Where a command runs. */
type Where = Required<Pick<InFolderOptions, 'port' | 'config' | 'cwd'>>
