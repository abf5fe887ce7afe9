import type { HashRequest, HashResult } from './hash-blob.ts'

/*
 * The Worker that hashes files, so that the page stays responsive. It answers each request with its number.
 */

export interface NumberedRequest extends HashRequest {
  readonly id: number
}

export type NumberedResult = { readonly id: number } & (
  | { readonly result: HashResult }
  | { readonly error: unknown }
)

/** Messages that come while the kernel loads have to be received, so nothing here waits for it. */
const loading = Promise.all([import('@ftp/md5/kernel'), import('./hash-blob.ts')]).then(
  ([{ Kernel }, { hashBlob }]) => {
    const kernel = new Kernel()
    return async (request: HashRequest) => await hashBlob(kernel, request)
  },
)

self.addEventListener('message', ({ data }: MessageEvent<NumberedRequest>) => {
  void answer(data).then((result) => self.postMessage(result))
})

async function answer({ id, ...request }: NumberedRequest): Promise<NumberedResult> {
  try {
    const hash = await loading
    return { id, result: await hash(request) }
  } catch (error) {
    return { id, error }
  }
}
