/**
 * Waits for the chunks of a source. An abort of the signal ends the wait, but does not close the source. Each
 * wait has a promise of its own. If all waits raced against one promise for the abort, that promise would
 * keep the reaction of each chunk until the end: 40 MB for 10 GB.
 */
export class AbortableSource<T> implements Disposable {
  readonly #chunks: AsyncIterator<T>
  readonly #signal: AbortSignal
  #onAbort: (reason: unknown) => void = () => {}
  readonly #aborted = (): void => this.#onAbort(this.#signal.reason)

  constructor(source: AsyncIterable<T>, signal: AbortSignal) {
    this.#chunks = source[Symbol.asyncIterator]()
    this.#signal = signal
    signal.addEventListener('abort', this.#aborted)
  }

  /** @throws the signal's reason, and whatever the source throws */
  async next(): Promise<IteratorResult<T, unknown>> {
    this.#signal.throwIfAborted()
    return await new Promise((resolve, reject) => {
      this.#onAbort = reject
      this.#chunks.next().then(resolve, reject)
    })
  }

  [Symbol.dispose](): void {
    this.#signal.removeEventListener('abort', this.#aborted)
  }
}
