import type { Share } from '../../../share/share.ts'
import type { Reply } from '../wire/replies.ts'
import type { Request } from '../wire/requests.ts'
import type { Handles } from './handles.ts'

/** What all requests of a connection have in common. */
export interface Context {
  /** The stored files, with the rights that the account has now. @throws TransferError `login` */
  readonly share: () => Promise<Share>
  readonly handles: Handles
  /** Aborted when nobody waits for answers any more. */
  readonly signal: AbortSignal
}

/** A request of certain types. */
export type Of<T extends Request['type']> = Extract<Request, { type: T }>

/** Answers a request. A failure becomes a status. */
export type Answer<T extends Request['type']> = (
  context: Context,
  request: Of<T>,
  id: number,
) => Promise<Reply>
