import { signal } from '@preact/signals'
import type { Path } from '../../api/path.ts'
import { discardUnfinished, findUnfinished, type UnfinishedUpload } from './unfinished-upload.ts'

/** How often to look whether somebody is still sending an upload of an earlier page, in milliseconds. */
const LOOK_MS = 2_000

interface UnfinishedOptions {
  /** Asks the server for all unfinished uploads that this page may continue. */
  readonly read: () => Promise<readonly UnfinishedUpload[]>
  /** Whether this page is sending an upload. @param url at which it continues */
  readonly isSent: (url: string) => boolean
}

/** The uploads that earlier pages have left, and that nobody has continued here yet. */
export class UnfinishedUploads {
  readonly #options: UnfinishedOptions
  readonly #list = signal<readonly UnfinishedUpload[]>([])
  #looking: ReturnType<typeof setTimeout> | undefined

  constructor(options: UnfinishedOptions) {
    this.#options = options
  }

  /** Whoever reads it in a component is rendered again when it changes. */
  get list(): readonly UnfinishedUpload[] {
    return this.#list.value
  }

  /** Reads them from the server; again, as long as somebody else is sending one of them. Never rejects. */
  async load(): Promise<void> {
    const { read, isSent } = this.#options
    clearTimeout(this.#looking)
    try {
      const all = await read()
      this.#list.value = all.filter(({ url }) => !isSent(url))
    } catch {
      // They are an offer: without it, the page works as well.
      this.#list.value = []
    }
    clearTimeout(this.#looking)
    if (this.list.some(({ isRunning }) => isRunning))
      this.#looking = setTimeout(() => void this.load(), LOOK_MS)
  }

  /** Takes one to this path out of the list, unless somebody else is sending it. @returns its URL */
  async take(path: Path): Promise<string | undefined> {
    const found = await this.#findFree(path)
    if (found !== undefined) this.#forget(found)
    return found?.url
  }

  /** Gives one up. @throws ApiError */
  async discard(upload: UnfinishedUpload): Promise<void> {
    await discardUnfinished(upload)
    this.#forget(upload)
  }

  /** After a reload, the server may not know yet that nobody is sending an upload any more. */
  async #findFree(path: Path): Promise<UnfinishedUpload | undefined> {
    const found = findUnfinished(this.list, path)
    if (found?.isRunning !== true) return found
    await this.load()
    const again = findUnfinished(this.list, path)
    return again?.isRunning === true ? undefined : again
  }

  #forget(upload: UnfinishedUpload): void {
    this.#list.value = this.list.filter((one) => one !== upload)
  }
}
