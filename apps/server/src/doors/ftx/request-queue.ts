import type { Block } from '@ftp/md5'
import { LIMITS, TransferError } from '@ftp/protocol'
import type { ServedRequest } from './serve.ts'

/** A request that has arrived with all it carries, or the reason why it gets no answer but a refusal. */
export type Waiting = { readonly id: number } & (
  | { readonly request: ServedRequest; readonly payload: Block }
  | { readonly refusal: TransferError }
)

/** One that waits, and what is counted for it. */
type Queued = Waiting & {
  /** Bytes of payload. */
  readonly size: number
  /** Bytes that it takes of ordinary memory. */
  readonly weight: number
  readonly since: number
}

/** Bytes that the waiting requests of all connections of this thread may take before each may take less. */
const PLENTY = 8_388_608
/** What a connection may take then. */
const LITTLE = 32_768
/** Payloads of up to so many bytes are in ordinary memory. */
const SMALL = 65_536

const BUSY = new TransferError(
  'busy',
  'too many requests wait in the memory of the server; ask again in a moment',
)
/** Taken by the waiting requests of this thread. */
const taken = { bytes: 0 }

/** The requests of one client that wait for their turn, oldest first; bounded in number and bytes. */
export class RequestQueue {
  readonly #waiting: Queued[] = []
  #bytes = 0
  #weight = 0
  #lastId = 0

  /** Takes note of a request's id. Ids grow, so none is ever used twice. @throws TransferError `protocol` */
  begin(id: number): void {
    if (id <= this.#lastId) throw new TransferError('protocol', `the id ${id} has been used`)
    this.#lastId = id
  }

  /** Whether a request with this id has ever been begun. */
  knows(id: number): boolean {
    return id <= this.#lastId
  }

  /** @throws TransferError `protocol` for an id that was never begun */
  requireKnown(id: number): void {
    if (!this.knows(id)) throw new TransferError('protocol', `there is no request ${id}`)
  }

  /** Whether the request with this id still waits. */
  has(id: number): boolean {
    return this.#waiting.some((waiting) => waiting.id === id)
  }

  /**
   * Takes a request and its payload over, or has it refused in its turn where all connections together have too much waiting.
   * @param headerLength bytes that it came in, without its payload
   * @throws TransferError `protocol` when the client has more waiting than LIMITS allow
   */
  push(waiting: Waiting, headerLength = 0): void {
    this.begin(waiting.id)
    const size = 'payload' in waiting ? waiting.payload.length : 0
    if (this.#waiting.length >= LIMITS.requests || this.#bytes + size > LIMITS.requestBytes) {
      throw new TransferError('protocol', 'too many requests at once')
    }
    const weight = headerLength + (size > SMALL ? 0 : size)
    // Whoever waits for one thing only is always served.
    const isMore = this.#weight > 0 && this.#weight + weight > LITTLE
    const isTooMuch = isMore && taken.bytes + weight > PLENTY
    if ('refusal' in waiting) this.#waiting.push(refused(waiting.id, waiting.refusal))
    else if (isTooMuch) this.#waiting.push(refused(waiting.id, BUSY))
    else {
      this.#bytes += size
      this.#weigh(weight)
      const payload = waiting.payload.move()
      this.#waiting.push({ ...waiting, payload, size, weight, since: performance.now() })
    }
  }

  /** Takes out the oldest; its payload is the caller's. It counts until {@link release}. */
  shift(): Queued | undefined {
    return this.#waiting.shift()
  }

  /** Has the request refused with this reason in its turn, if it still waits. */
  refuse(id: number, refusal: TransferError): void {
    const at = this.#waiting.findIndex((waiting) => waiting.id === id)
    const waiting = this.#waiting[at]
    if (waiting === undefined) return
    this.#waiting[at] = refused(id, refusal)
    this.#drop(waiting)
  }

  /** Others want memory: refuses what has waited with a block for so many milliseconds. */
  yieldMemory(longerThan: number): void {
    const before = performance.now() - longerThan
    for (const { id, size, since } of this.#waiting) if (size > SMALL && since < before) this.refuse(id, BUSY)
  }

  /** A request that has left the queue has been answered: it counts no more. */
  release({ size, weight }: Queued): void {
    this.#bytes -= size
    this.#weigh(-weight)
  }

  clear(): void {
    for (const waiting of this.#waiting.splice(0)) this.#drop(waiting)
  }

  #weigh(bytes: number): void {
    this.#weight += bytes
    taken.bytes += bytes
  }

  #drop(waiting: Queued): void {
    if ('payload' in waiting) waiting.payload[Symbol.dispose]()
    this.release(waiting)
  }
}

function refused(id: number, refusal: TransferError): Queued {
  return { id, refusal, size: 0, weight: 0, since: 0 }
}
