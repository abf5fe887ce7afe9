import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { STATE_NAME } from '@ftp/protocol'
import type { ServerOptions } from '@ftp/server'
import { openDatabase } from '../../apps/server/src/databases/sqlite/database.ts'
import { PublicKeys } from '../../apps/server/src/databases/sqlite/public-keys.ts'
import { parsePublicKey } from '../../apps/server/src/state/public-key.ts'
import { addAccount, PASSWORD } from './accounts.ts'
import { type Ended, type ForeignOptions, runForeign } from './foreign-program.ts'
import { ServedFolder } from './served-folder.ts'
import { TempDir } from './temp-dir.ts'

/** The name of the server in the configuration of ssh. */
export const HOST = 'nas'

/**
 * A server that only the account `anna` can enter, and a folder in which programs of other people work, with a key of
 * hers and a configuration of OpenSSH that knows both.
 */
export class SftpSite implements AsyncDisposable {
  readonly served: ServedFolder
  readonly #desk: TempDir

  private constructor(served: ServedFolder, desk: TempDir) {
    this.served = served
    this.#desk = desk
  }

  static async open(options: Partial<ServerOptions> = {}): Promise<SftpSite> {
    const served = await ServedFolder.start({ plaintext: false, threads: 2, anonymous: 'none', ...options })
    await addAccount(served.root, 'anna')
    const site = new SftpSite(served, new TempDir())
    makeDesk(site.desk, served.root)
    site.point(served.server.port)
    return site
  }

  /** The folder in which the programs work. */
  get desk(): string {
    return this.#desk.path
  }

  /** A path in that folder. */
  at(name: string): string {
    return this.#desk.at(name)
  }

  write(name: string, bytes: Uint8Array | string): string {
    const file = this.at(name)
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, bytes)
    return file
  }

  read(name: string): Buffer {
    return fs.readFileSync(this.at(name))
  }

  /** The server's host key, as clients show it. */
  get fingerprint(): string {
    return this.served.server.sshFingerprint ?? ''
  }

  /** Makes OpenSSH's programs find the server at this port. */
  point(port: number): void {
    pointTo(this.desk, port)
  }

  /** Runs a program in the folder. */
  async run(
    command: string,
    args: readonly string[],
    options: Omit<ForeignOptions, 'cwd'> = {},
  ): Promise<Ended> {
    return await runForeign(command, args, { cwd: this.desk, ...options })
  }

  /** Runs lines of OpenSSH's sftp, until one fails. */
  async sftp(lines: readonly string[], options: readonly string[] = []): Promise<Ended> {
    return await this.run('sftp', ['-F', 'ssh_config', ...options, '-b', '-', HOST], {
      input: lines.join('\n'),
    })
  }

  async scp(args: readonly string[]): Promise<Ended> {
    return await this.run('scp', ['-q', '-F', 'ssh_config', ...args])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.served[Symbol.asyncDispose]()
    this.#desk[Symbol.dispose]()
  }
}

/** What programs of OpenSSH need to log in as anna: a key, which the server gets to know, and a configuration. */
export function makeDesk(desk: string, root: string): void {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path.join(desk, 'id')])
  using database = openDatabase(path.join(root, STATE_NAME, 'state.db'))
  const key = parsePublicKey(fs.readFileSync(path.join(desk, 'id.pub'), 'utf8'))
  new PublicKeys(database).add('anna', key)
  fs.writeFileSync(path.join(desk, 'askpass'), `#!/bin/sh\necho '${PASSWORD}'\n`, { mode: 0o700 })
}

/** Writes the configuration. */
export function pointTo(desk: string, port: number, user = 'anna'): void {
  const lines = [
    `Host ${HOST}`,
    'HostName 127.0.0.1',
    `Port ${port}`,
    `User ${user}`,
    `IdentityFile ${path.join(desk, 'id')}`,
    'IdentitiesOnly yes',
    'StrictHostKeyChecking no',
    'UserKnownHostsFile /dev/null',
    'LogLevel ERROR',
  ]
  fs.writeFileSync(path.join(desk, 'ssh_config'), `${lines.join('\n')}\n`)
}

/** Makes OpenSSH log in with the password of anna alone. */
export const WITH_PASSWORD = ['-o', 'PubkeyAuthentication=no', '-o', 'NumberOfPasswordPrompts=1'] as const
