import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type Server, type ServerOptions, startServer } from '@ftp/server'

/** A temporary folder, and a server in this process that serves it. Disposing of it removes both. */
export class ServedFolder implements AsyncDisposable {
  readonly root: string
  readonly server: Server
  /** The errors that the server reports as its own faults. */
  readonly faults: readonly string[]

  private constructor(root: string, server: Server, faults: readonly string[]) {
    this.faults = faults
    this.root = root
    this.server = server
  }

  /** @param options of the server. By default it has one handler thread, which takes a third of a second of processor time to start. */
  static async start(options: Partial<ServerOptions> = {}): Promise<ServedFolder> {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), 'ftx-'))
    const faults: string[] = []
    const server = await startServer(
      {
        root,
        port: 0,
        host: '127.0.0.1',
        plaintext: true,
        anonymous: 'write',
        threads: 1,
        ...options,
      },
      (fault) => faults.push(fault),
    )
    return new ServedFolder(root, server, faults)
  }

  /** The path on disk of a served file or directory. */
  at(name: string): string {
    return path.join(this.root, name)
  }

  write(name: string, content: string | Uint8Array): void {
    fs.mkdirSync(path.dirname(this.at(name)), { recursive: true })
    fs.writeFileSync(this.at(name), content)
  }

  read(name: string): Uint8Array {
    return Uint8Array.from(fs.readFileSync(this.at(name)))
  }

  has(name: string): boolean {
    return fs.existsSync(this.at(name))
  }

  /** The names of the partial files in a directory, which no client can see. */
  partials(directory = ''): string[] {
    return fs.readdirSync(this.at(directory)).filter((name) => name.startsWith('.ftp-part-'))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]()
    fs.rmSync(this.root, { recursive: true, force: true })
  }
}
