import type { TransferError } from '@ftp/protocol'
import type { TransferResult } from '../transfer/result.ts'
import type { Phase, TransferListener } from '../transfer/transfer-listener.ts'
import type { FileReporter } from './reporter.ts'

/**
 * Reports the events of one file, and counts the bytes moved now apart from those moved by earlier attempts.
 */
export class TrackedFile implements TransferListener {
  readonly #file: FileReporter
  readonly #onMoved: () => void
  readonly #started = performance.now()
  #before = 0
  #isTransferring = false

  constructor(file: FileReporter, onMoved: () => void) {
    this.#file = file
    this.#onMoved = onMoved
  }

  phase(phase: Phase): void {
    this.#isTransferring ||= phase === 'transfer'
    this.#file.phase(phase)
  }

  size(bytes: number): void {
    this.#file.size(bytes)
  }

  moved(position: number): void {
    this.#onMoved()
    this.#file.moved(position)
  }

  resumed(position: number, held: number): void {
    if (!this.#isTransferring) this.#before = position
    this.#file.resumed(position, held)
  }

  silent(ms: number): void {
    this.#file.silent?.(ms)
  }

  retrying(failure: TransferError, delayMs: number): void {
    this.#file.retrying(failure, delayMs)
  }

  /** @returns how many bytes were moved now */
  ended(result: TransferResult): number {
    const { outcome, bytes, repeated } = result
    const moved = outcome === 'done' && !repeated ? Math.max(0, bytes - this.#before) : 0
    this.#file.ended(result, { moved, seconds: (performance.now() - this.#started) / 1000 })
    return moved
  }

  dropped(): void {
    this.#file.dropped()
  }

  failed(failure: TransferError): void {
    this.#file.failed(failure)
  }
}
