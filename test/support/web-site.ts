import type { ServerOptions } from '@ftp/server'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { ServedFolder } from './served-folder.ts'
import { openPage, startChromium } from './web-page.ts'

/** A server in this process, and a browser that visits it. */
export class WebSite implements AsyncDisposable {
  readonly served: ServedFolder
  readonly browser: Browser
  /** What the consoles of all pages complained about. */
  readonly #complaints: (readonly string[])[] = []

  private constructor(served: ServedFolder, browser: Browser) {
    this.served = served
    this.browser = browser
  }

  static async open(options: Partial<ServerOptions> = {}): Promise<WebSite> {
    const served = await ServedFolder.start({ plaintext: false, threads: 2, ...options })
    return new WebSite(served, await startChromium())
  }

  /** The URL of a path of the server. */
  url(target = '/'): string {
    const { host, port } = this.served.server
    return `https://${host}:${port}${target}`
  }

  /** Opens a folder in a browser of its own. @param hash of the address: `#/folder` */
  async visit(hash = '', options: BrowserContextOptions = {}): Promise<Page> {
    const { page, complaints } = await openPage(this.browser, this.url(`/${hash}`), options)
    this.#complaints.push(complaints)
    return page
  }

  get complaints(): readonly string[] {
    return this.#complaints.flat()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close()
    await this.served[Symbol.asyncDispose]()
  }
}
