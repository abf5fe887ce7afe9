import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { STATE_NAME } from '@ftp/protocol'
import type { ServerOptions } from '@ftp/server'
import { openDatabase } from '../../apps/server/src/databases/sqlite/database.ts'
import { sqliteState } from '../../apps/server/src/databases/sqlite/state.ts'
import { parsePublicKey } from '../../apps/server/src/state/public-key.ts'
import { PASSWORD } from './accounts.ts'
import { DoorSite } from './door-site.ts'
import type { Ended } from './foreign-program.ts'

/** The name of the server in the configuration of ssh. */
export const HOST = 'nas'

/**
 * A site for programs that speak SFTP, with a key of anna's on the desk and a configuration of OpenSSH that knows it and the
 * server.
 */
export class SftpSite extends DoorSite {
  static async open(options: Partial<ServerOptions> = {}): Promise<SftpSite> {
    const site = new SftpSite(await DoorSite.serve(options))
    await makeDesk(site.desk, site.served.root)
    site.point(site.served.server.port)
    return site
  }

  /** The server's host key, as clients show it. */
  get fingerprint(): string {
    return this.served.server.sshFingerprint ?? ''
  }

  /** Makes OpenSSH's programs find the server at this port. */
  point(port: number): void {
    pointTo(this.desk, port)
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
}

/** What programs of OpenSSH need to log in as anna: a key, which the server gets to know, and a configuration. */
export async function makeDesk(desk: string, root: string): Promise<void> {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path.join(desk, 'id')])
  using database = openDatabase(path.join(root, STATE_NAME, 'state.db'))
  const key = parsePublicKey(fs.readFileSync(path.join(desk, 'id.pub'), 'utf8'))
  await sqliteState(database).publicKeys.add('anna', key)
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
