/**
 * Limits how long a client may ask for nothing. The timeout of the socket cannot do that: programs exchange keepalives
 * for as long as they run, whether anybody uses them or not.
 */
export class IdleLimit implements Disposable {
  readonly #timer: NodeJS.Timeout

  /**
   * @param ms the longest time without a request
   * @param isAnswering whether a request is being answered, which may take any time
   * @param onOver called once, when the limit is exceeded
   */
  constructor(ms: number, isAnswering: () => boolean, onOver: () => void) {
    this.#timer = setTimeout(() => (isAnswering() ? this.#timer.refresh() : onOver()), ms)
  }

  /** To be called when a request comes, and when it has been answered. */
  touch(): void {
    this.#timer.refresh()
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
  }
}
