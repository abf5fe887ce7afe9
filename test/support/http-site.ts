import path from 'node:path'
import type { ServerOptions } from '@ftp/server'
import { addAccount, PASSWORD } from './accounts.ts'
import { type Ended, type ForeignOptions, runForeign } from './foreign-program.ts'
import { ServedFolder } from './served-folder.ts'
import { TempDir } from './temp-dir.ts'

/** A user name and its password, as programs take them in one argument. */
export const ANNA = `anna:${PASSWORD}`

/**
 * A server that only the account `anna` can enter, inside TLS, and a folder in which programs of other people
 * work, with the server's certificate as the one that they trust.
 */
export class HttpSite implements AsyncDisposable {
  readonly served: ServedFolder
  readonly #desk: TempDir

  private constructor(served: ServedFolder, desk: TempDir) {
    this.served = served
    this.#desk = desk
  }

  static async open(options: Partial<ServerOptions> = {}): Promise<HttpSite> {
    const served = await ServedFolder.start({ plaintext: false, threads: 2, anonymous: 'none', ...options })
    await addAccount(served.root, 'anna')
    return new HttpSite(served, new TempDir())
  }

  /** The PEM file of the certificate. */
  get certificate(): string {
    return path.join(this.served.root, '.ftp-server', 'certificate.pem')
  }

  /** The folder in which the programs work. */
  get desk(): string {
    return this.#desk.path
  }

  /** A path in that folder. */
  at(name: string): string {
    return this.#desk.at(name)
  }

  /** The URL of a path of the server. */
  url(target: string): string {
    const { host, port } = this.served.server
    return `https://${host}:${port}${target}`
  }

  /** Runs a program in the folder. */
  async run(
    command: string,
    args: readonly string[],
    options: Omit<ForeignOptions, 'cwd'> = {},
  ): Promise<Ended> {
    return await runForeign(command, args, { cwd: this.desk, ...options })
  }

  /** Runs curl as anna. It fails if the answer is a refusal. */
  async curl(args: readonly string[], options: Omit<ForeignOptions, 'cwd'> = {}): Promise<Ended> {
    const fixed = ['--silent', '--show-error', '--fail', '--cacert', this.certificate, '--user', ANNA]
    return await this.run('curl', [...fixed, ...args], options)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.served[Symbol.asyncDispose]()
    this.#desk[Symbol.dispose]()
  }
}
