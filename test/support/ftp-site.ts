import path from 'node:path'
import type { ServerOptions } from '@ftp/server'
import { addAccount, PASSWORD } from './accounts.ts'
import { type Ended, type ForeignOptions, runForeign } from './foreign-program.ts'
import { FtpClient, type UploadEnd } from './ftp-client.ts'
import { ServedFolder } from './served-folder.ts'
import { TempDir } from './temp-dir.ts'

/** How a client of FTP connects. */
export type FtpMode = 'clear' | 'explicit' | 'implicit'

/**
 * A server of FTP that only the account `anna` can enter, without encryption, too, and a folder in which programs of other
 * people work, with the server's certificate as the one that they trust.
 */
export class FtpSite implements AsyncDisposable {
  readonly served: ServedFolder
  readonly #desk: TempDir

  private constructor(served: ServedFolder, desk: TempDir) {
    this.served = served
    this.#desk = desk
  }

  static async open(options: Partial<ServerOptions> = {}): Promise<FtpSite> {
    const ports = { ftp: true, ftpPort: 0, ftpsPort: 0 }
    const served = await ServedFolder.start({
      plaintext: false,
      threads: 2,
      anonymous: 'none',
      ...ports,
      ...options,
    })
    await addAccount(served.root, 'anna', { clearFtp: true })
    return new FtpSite(served, new TempDir())
  }

  /** The PEM file of the certificate. */
  get certificate(): string {
    return path.join(this.served.root, '.ftp-server', 'certificate.pem')
  }

  /** A path in the folder in which the programs work. */
  at(name: string): string {
    return this.#desk.at(name)
  }

  port(mode: FtpMode): number {
    const { ftpPort = 0, ftpsPort = 0 } = this.served.server
    return mode === 'implicit' ? ftpsPort : ftpPort
  }

  url(mode: FtpMode, target: string): string {
    return `${mode === 'implicit' ? 'ftps' : 'ftp'}://127.0.0.1:${this.port(mode)}/${target}`
  }

  /** Runs a program in the folder. */
  async run(
    command: string,
    args: readonly string[],
    options: Omit<ForeignOptions, 'cwd'> = {},
  ): Promise<Ended> {
    return await runForeign(command, args, { cwd: this.#desk.path, ...options })
  }

  /** Runs curl as anna. */
  async curl(mode: FtpMode, args: readonly string[]): Promise<Ended> {
    const secure = mode === 'clear' ? [] : ['--ssl-reqd', '--cacert', this.certificate]
    return await this.run('curl', ['-sS', '--user', `anna:${PASSWORD}`, ...secure, ...args])
  }

  /** Runs commands of lftp as anna. */
  async lftp(mode: FtpMode, commands: readonly string[]): Promise<Ended> {
    const settings = [
      'set cmd:fail-exit yes',
      'set net:max-retries 1',
      'set net:timeout 60',
      `set ssl:ca-file ${this.certificate}`,
      `set ftp:ssl-allow ${mode !== 'clear'}`,
      `set ftp:ssl-force ${mode !== 'clear'}`,
      'set ftp:ssl-protect-data yes',
    ]
    const open = `open -u "anna,${PASSWORD}" ${this.url(mode, '')}`
    return await this.run('lftp', ['-c', [...settings, open, ...commands].join('; ')])
  }

  /** Leaves the beginning of a file as an unfinished upload. */
  async leave(name: string, bytes: Uint8Array, end: UploadEnd): Promise<void> {
    using client = await FtpClient.enter(this.served.server.ftpPort)
    const { code } = await client.store(`STOR ${name}`, bytes, end)
    if (code !== 426) throw new Error(`an upload that was cut off got ${code}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.served[Symbol.asyncDispose]()
    this.#desk[Symbol.dispose]()
  }
}
