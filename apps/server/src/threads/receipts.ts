/**
 * Confirms the messages that a handler thread has received from the main thread: once in each turn of the
 * event loop.
 */
export class Receipts {
  readonly #send: (numbers: readonly number[]) => void
  #numbers: number[] = []

  /** @param send receives the numbers of the messages that have arrived since its previous call, in order */
  constructor(send: (numbers: readonly number[]) => void) {
    this.#send = send
  }

  note(number: number): void {
    if (this.#numbers.push(number) > 1) return
    setImmediate(() => {
      const numbers = this.#numbers
      this.#numbers = []
      this.#send(numbers)
    })
  }
}
