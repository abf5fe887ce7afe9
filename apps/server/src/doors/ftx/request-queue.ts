import type { Block } from '@ftp/md5'
import { LIMITS, TransferError } from '@ftp/protocol'
import type { ServedRequest } from './serve.ts'

/** A request that has arrived with its payload, or the reason for which it will be refused. */
export type Waiting = { readonly id: number } & (
  | { readonly request: ServedRequest; readonly payload: Block }
  | { readonly refusal: TransferError }
)

/** A waiting request, and the memory that is counted for it. */
type Queued = Waiting & {
  /** Bytes of payload. */
  readonly size: number
  /** Bytes of ordinary memory that it takes. */
  readonly weight: number
  readonly since: number
}

/**
 * The bytes that the waiting requests of all connections of this thread may take before each connection is
 * held to less.
 */
const PLENTY = 8_388_608
/** The bytes that a connection may take in that case. */
const LITTLE = 32_768
/** Payloads of up to this many bytes are in ordinary memory. */
const SMALL = 65_536

const BUSY = new TransferError(
  'busy',
  'too many requests wait in the memory of the server; ask again in a moment',
)
/** The bytes that the waiting requests of this thread take. */
const taken = { bytes: 0 }

/** The requests of one client that wait for their turn, oldest first. Their number and bytes are bounded. */
export class RequestQueue {
  readonly #waiting: Queued[] = []
  #bytes = 0
  #weight = 0
  #lastId = 0

  /** Registers the id of a request. Ids only grow, so none is used twice. @throws TransferError `protocol` */
  begin(id: number): void {
    if (id <= this.#lastId) throw new TransferError('protocol', `the id ${id} has been used`)
    this.#lastId = id
  }

  /** Whether a request with this id has ever been begun. */
  knows(id: number): boolean {
    return id <= this.#lastId
  }

  /** @throws TransferError `protocol` if no request had this id */
  requireKnown(id: number): void {
    if (!this.knows(id)) throw new TransferError('protocol', `there is no request ${id}`)
  }

  /** Whether the request with this id still waits. */
  has(id: number): boolean {
    return this.#waiting.some((waiting) => waiting.id === id)
  }

  /**
   * Takes over a request and its payload. If the waiting requests of all connections take too much memory,
   * the request will be refused in its turn instead.
   * @param headerLength the size of its header in bytes
   * @throws TransferError `protocol` if more of the client's requests would be waiting than LIMITS allow
   */
  push(waiting: Waiting, headerLength = 0): void {
    this.begin(waiting.id)
    const size = 'payload' in waiting ? waiting.payload.length : 0
    if (this.#waiting.length >= LIMITS.requests || this.#bytes + size > LIMITS.requestBytes) {
      throw new TransferError('protocol', 'too many requests at once')
    }
    const weight = headerLength + (size > SMALL ? 0 : size)
    // A client with nothing else waiting is always served.
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

  /** Removes the oldest request; the caller owns its payload. The request counts until {@link release}. */
  shift(): Queued | undefined {
    return this.#waiting.shift()
  }

  /** Refuses the request in its turn with this reason, if it is still waiting. */
  refuse(id: number, refusal: TransferError): void {
    const at = this.#waiting.findIndex((waiting) => waiting.id === id)
    const waiting = this.#waiting[at]
    if (waiting === undefined) return
    this.#waiting[at] = refused(id, refusal)
    this.#drop(waiting)
  }

  /**
   * Refuses requests that have waited with a block for more than this many milliseconds: other connections
   * need the memory.
   */
  yieldMemory(longerThan: number): void {
    const before = performance.now() - longerThan
    for (const { id, size, since } of this.#waiting) if (size > SMALL && since < before) this.refuse(id, BUSY)
  }

  /** Stops counting a request that has left the queue, because it has been answered. */
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
