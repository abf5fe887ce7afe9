import type { BlobHasher, HashRequest, HashResult } from './hash-blob.ts'
import type { NumberedRequest, NumberedResult } from './hash-worker.ts'

/** Hashes in a Worker, which begins with the first request. */
export class WorkerHasher implements BlobHasher {
  #worker: Worker | undefined
  readonly #waiting = new Map<number, PromiseWithResolvers<HashResult>>()
  #requests = 0

  hash(request: HashRequest): Promise<HashResult> {
    this.#worker ??= this.#start()
    const id = this.#requests++
    const result = Promise.withResolvers<HashResult>()
    this.#waiting.set(id, result)
    this.#worker.postMessage({ id, ...request } satisfies NumberedRequest)
    return result.promise
  }

  #start(): Worker {
    const worker = new Worker(new URL('./hash-worker.ts', import.meta.url), { type: 'module' })
    worker.addEventListener('message', ({ data }: MessageEvent<NumberedResult>) => {
      const result = this.#waiting.get(data.id)
      this.#waiting.delete(data.id)
      if ('error' in data) result?.reject(data.error)
      else result?.resolve(data.result)
    })
    worker.addEventListener('error', ({ message }) =>
      this.#fail(new Error(message || 'the Worker has failed')),
    )
    return worker
  }

  #fail(reason: Error): void {
    this.#worker?.terminate()
    this.#worker = undefined
    for (const { reject } of this.#waiting.values()) reject(reason)
    this.#waiting.clear()
  }
}
