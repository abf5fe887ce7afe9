import { isIPv6 } from 'node:net'
import type { ServerOptions } from '@ftp/server'
import { PASSWORD } from './accounts.ts'
import { DoorSite } from './door-site.ts'
import type { Ended } from './foreign-program.ts'
import { FtpClient, type UploadEnd } from './ftp-client.ts'

/** How a client of FTP connects. */
export type FtpMode = 'clear' | 'explicit' | 'implicit'

/** A site for programs that speak FTP; anna may log in without encryption, too. */
export class FtpSite extends DoorSite {
  static async open(options: Partial<ServerOptions> = {}): Promise<FtpSite> {
    const ports = { ftp: true, ftpPort: 0, ftpsPort: 0 }
    return new FtpSite(await DoorSite.serve({ ...ports, ...options }, { clearFtp: true }))
  }

  port(mode: FtpMode): number {
    const { ftpPort = 0, ftpsPort = 0 } = this.served.server
    return mode === 'implicit' ? ftpsPort : ftpPort
  }

  url(mode: FtpMode, target: string): string {
    const { host } = this.served.server
    const address = isIPv6(host) ? `[${host}]` : host
    return `${mode === 'implicit' ? 'ftps' : 'ftp'}://${address}:${this.port(mode)}/${target}`
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
}
