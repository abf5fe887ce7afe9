import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type FailureCode, TransferError } from '@ftp/protocol'
import type { Config } from './config.ts'

const ENTRY = new URL(`./usage-count-thread${extname(import.meta.filename)}`, import.meta.url)
/** The delay before a count is repeated because files were added or removed during it, in milliseconds. */
const AGAIN_MS = 60_000

/** The result of counting a home. */
export type Counted = { readonly home: string } & (
  | { readonly isExact: boolean }
  | { readonly code: FailureCode; readonly message: string }
)

/**
 * Counts the contents of homes, one after the other, in a separate thread, because a home with a million
 * files takes long and nobody else should have to wait. Callers that ask for the same home share one count.
 * The thread ends when nothing is left to count. Disposing of this object ends the counting.
 */
export class UsageCount implements AsyncDisposable {
  readonly #config: Config
  readonly #onLines: (lines: string) => void
  readonly #pending = new Map<string, PromiseWithResolvers<void>>()
  readonly #again = new Set<NodeJS.Timeout>()
  #thread: Worker | undefined

  /** @param onLines receives the thread's lines for the log */
  constructor(config: Config, onLines: (lines: string) => void) {
    this.#config = config
    this.#onLines = onLines
  }

  /** @throws TransferError if the home cannot be counted */
  count(home: string): Promise<void> {
    const known = this.#pending.get(home)
    if (known !== undefined) return known.promise
    const pending = Promise.withResolvers<void>()
    this.#pending.set(home, pending)
    this.#thread ??= this.#start()
    this.#thread.postMessage(home)
    return pending.promise
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#again) clearTimeout(timer)
    await this.#thread?.terminate()
  }

  #start(): Worker {
    const thread = new Worker(ENTRY, { workerData: this.#config })
    thread.on('message', (message: string | Counted) => {
      if (typeof message === 'string') this.#onLines(message)
      else this.#ended(message)
    })
    thread.on('error', (error) => this.#fail(error))
    thread.on('exit', () => {
      // A thread that has nothing left to count is replaced before it has ended.
      if (this.#thread !== thread) return
      this.#thread = undefined
      this.#fail(new Error('the thread that counts has ended'))
    })
    thread.unref()
    return thread
  }

  #ended(counted: Counted): void {
    const { home } = counted
    const pending = this.#pending.get(home)
    this.#pending.delete(home)
    if ('code' in counted) pending?.reject(new TransferError(counted.code, counted.message))
    else pending?.resolve()
    if ('isExact' in counted && !counted.isExact) this.#countAgain(home)
    if (this.#pending.size > 0) return
    void this.#thread?.terminate()
    this.#thread = undefined
  }

  #countAgain(home: string): void {
    const timer = setTimeout(() => {
      this.#again.delete(timer)
      // A failure does not matter here: any caller that needs the count asks for it again.
      this.count(home).catch(() => {})
    }, AGAIN_MS).unref()
    this.#again.add(timer)
  }

  #fail(error: unknown): void {
    const pending = [...this.#pending.values()]
    this.#pending.clear()
    for (const { reject } of pending) reject(TransferError.from(error))
  }
}
