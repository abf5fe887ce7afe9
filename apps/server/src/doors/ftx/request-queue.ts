import type { Block } from '@ftp/md5'
import { LIMITS, TransferError } from '@ftp/protocol'
import type { ServedRequest } from './serve.ts'

/** A request that has arrived with all it carries, or the reason why it gets no answer but a refusal. */
export type Waiting = { readonly id: number } & (
  | { readonly request: ServedRequest; readonly payload: Block }
  | { readonly refusal: TransferError }
)

/** One that waits, and how many bytes of payload are counted for it. */
type Queued = Waiting & { readonly size: number }

/** The requests of one client that wait for their turn, oldest first; bounded in number and bytes. */
export class RequestQueue {
  readonly #waiting: Queued[] = []
  #bytes = 0
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

  /** Takes a request and its payload over. @throws TransferError `protocol` when the client has more waiting than LIMITS allow */
  push(waiting: Waiting): void {
    this.begin(waiting.id)
    const size = 'payload' in waiting ? waiting.payload.length : 0
    if (this.#waiting.length >= LIMITS.requests || this.#bytes + size > LIMITS.requestBytes) {
      throw new TransferError('protocol', 'too many requests at once')
    }
    this.#bytes += size
    this.#waiting.push(
      'payload' in waiting ? { ...waiting, payload: waiting.payload.move(), size } : { ...waiting, size },
    )
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
    this.#waiting[at] = { id, refusal, size: 0 }
    this.#drop(waiting)
  }

  /** Has each request that waits with a payload refused with this reason in its turn. */
  refuseAll(refusal: TransferError): void {
    for (const { id, size } of this.#waiting) if (size > 0) this.refuse(id, refusal)
  }

  /** A request that has left the queue has been answered: its payload counts no more. */
  release({ size }: Queued): void {
    this.#bytes -= size
  }

  clear(): void {
    for (const waiting of this.#waiting.splice(0)) this.#drop(waiting)
  }

  #drop(waiting: Queued): void {
    if ('payload' in waiting) waiting.payload[Symbol.dispose]()
    this.release(waiting)
  }
}
