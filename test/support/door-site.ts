import fs from 'node:fs'
import path from 'node:path'
import { STATE_NAME } from '@ftp/protocol'
import type { ServerOptions } from '@ftp/server'
import { addAccount } from './accounts.ts'
import { type Ended, type ForeignOptions, runForeign } from './foreign-program.ts'
import { ServedFolder } from './served-folder.ts'
import { TempDir } from './temp-dir.ts'

/**
 * A server that only the account `anna` can enter, and a folder, the desk, in which programs of other people work. Each door
 * adds how its programs are called.
 */
export class DoorSite implements AsyncDisposable {
  readonly served: ServedFolder
  readonly #desk = new TempDir()

  protected constructor(served: ServedFolder) {
    this.served = served
  }

  /** Starts the server, encrypted. @param account what else is true of anna */
  protected static async serve(
    options: Partial<ServerOptions>,
    account: Parameters<typeof addAccount>[2] = {},
  ): Promise<ServedFolder> {
    const served = await ServedFolder.start({ plaintext: false, threads: 2, anonymous: 'none', ...options })
    await addAccount(served.root, 'anna', account)
    return served
  }

  /** The path of the desk. */
  get desk(): string {
    return this.#desk.path
  }

  /** The path of a file on the desk. */
  at(name: string): string {
    return this.#desk.at(name)
  }

  /** Writes a file on the desk. @returns its path */
  write(name: string, bytes: Uint8Array | string): string {
    const file = this.at(name)
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, bytes)
    return file
  }

  /** Reads a file on the desk. */
  read(name: string): Buffer {
    return fs.readFileSync(this.at(name))
  }

  /** The PEM file of the server's certificate, for programs to trust. */
  get certificate(): string {
    return path.join(this.served.root, STATE_NAME, 'certificate.pem')
  }

  /** Runs a program at the desk. */
  async run(
    command: string,
    args: readonly string[],
    options: Omit<ForeignOptions, 'cwd'> = {},
  ): Promise<Ended> {
    return await runForeign(command, args, { cwd: this.desk, ...options })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.served[Symbol.asyncDispose]()
    this.#desk[Symbol.dispose]()
  }
}
