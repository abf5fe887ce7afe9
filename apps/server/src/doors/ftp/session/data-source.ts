import type { Socket } from 'node:net'

/** A data connection that has been agreed upon. Disposing of it gives it up. */
export interface DataSource extends Disposable {
  /** The connection, from which nothing has been read; the caller owns it. @throws Refusal 425 */
  connect(signal: AbortSignal): Promise<Socket>
}
