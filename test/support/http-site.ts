import type { ServerOptions } from '@ftp/server'
import { PASSWORD } from './accounts.ts'
import { DoorSite } from './door-site.ts'
import type { Ended, ForeignOptions } from './foreign-program.ts'

/** A user name and its password, as programs take them in one argument. */
export const ANNA = `anna:${PASSWORD}`

/** A site for programs that speak HTTP, inside TLS. */
export class HttpSite extends DoorSite {
  static async open(options: Partial<ServerOptions> = {}): Promise<HttpSite> {
    return new HttpSite(await DoorSite.serve(options))
  }

  /** The URL of a path of the server. */
  url(target: string): string {
    const { host, port } = this.served.server
    return `https://${host}:${port}${target}`
  }

  /** Runs curl as anna. It fails if the answer is a refusal. */
  async curl(args: readonly string[], options: Omit<ForeignOptions, 'cwd'> = {}): Promise<Ended> {
    const fixed = ['--silent', '--show-error', '--fail', '--cacert', this.certificate, '--user', ANNA]
    return await this.run('curl', [...fixed, ...args], options)
  }
}
