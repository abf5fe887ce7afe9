import { ApiError } from '../api/api-error.ts'
import { arrayOf } from '../api/parse.ts'
import { readStored, store } from '../state/stored.ts'
import type { Send } from '../upload/transfer/upload-client.ts'
import { readBegun, type UnfinishedUpload } from '../upload/unfinished/unfinished-upload.ts'

/** The maximum number of uploads that a browser remembers for a link; the oldest ones are forgotten. */
const MOST = 100

/**
 * The unfinished uploads to a link that were begun in this browser. The server lists none for a guest, who could be
 * anybody who has the link. It knows an upload by its URL, which only whoever has begun the upload has.
 */
export class OwnUploads {
  readonly #key: string

  /** @param base the URL of the link */
  constructor(base: string) {
    this.#key = `ftp-uploads ${base}`
  }

  /** Remembers and forgets uploads as their requests begin and end them. @returns sends requests */
  following(send: Send): Send {
    return async (target, init) => {
      const response = await send(target, init)
      const begun = init.method === 'POST' ? response.headers.get('location') : null
      if (begun !== null) this.#keep([...this.#urls, begun])
      else if (isOver(init, response)) this.forget(target)
      return response
    }
  }

  /** Asks the server which of them it still has. @throws ApiError */
  async read(): Promise<readonly UnfinishedUpload[]> {
    const found: UnfinishedUpload[] = []
    for (const url of this.#urls)
      try {
        found.push(await readBegun(url))
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 404) throw error
        this.forget(url)
      }
    return found
  }

  forget(url: string): void {
    const urls = this.#urls
    if (urls.includes(url)) this.#keep(urls.filter((other) => other !== url))
  }

  get #urls(): readonly string[] {
    return arrayOf(readStored(this.#key)).filter((url) => typeof url === 'string')
  }

  #keep(urls: readonly string[]): void {
    store(this.#key, urls.length === 0 ? undefined : urls.slice(-MOST))
  }
}

/** Whether an upload has become a file, or the server does not have it any more. */
function isOver({ method }: RequestInit, { headers, ok, status }: Response): boolean {
  return headers.get('upload-complete') === '?1' || (method === 'DELETE' && ok) || status === 404
}
