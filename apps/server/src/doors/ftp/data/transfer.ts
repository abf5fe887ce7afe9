import type { Session } from '../session/session.ts'
import type { Reply } from '../wire/reply.ts'
import { Refusal } from '../wire/reply.ts'
import { DataChannel } from './data-channel.ts'

/** One transfer, from its permission on. */
export interface Transfer {
  readonly channel: DataChannel
  /** Aborted if the transfer is to end. */
  readonly signal: AbortSignal
}

/**
 * Opens the data connection that was agreed upon, announces the transfer, runs it, and closes the connection.
 * @param opening the reply that announces it
 * @param action the transfer; if it throws, the connection is broken off, so that nobody takes it for complete
 */
export async function transfer<T>(
  session: Session,
  direction: 'in' | 'out',
  opening: Reply,
  action: (transfer: Transfer) => Promise<T>,
): Promise<T> {
  using source = session.takeData()
  if (session.isEncrypted && !session.isProtected && !(await mayBeClear(session)))
    throw new Refusal(521, 'data has to be encrypted: send PBSZ 0 and PROT P first')
  using running = session.beginTransfer()
  const { signal } = running
  using channel = new DataChannel(await source.connect(signal), session, signal)
  await session.control.say(opening)
  if (session.isProtected) await channel.secure(direction)
  const result = await action({ channel, signal })
  // A file that has been stored stays so, whatever becomes of the connection.
  if (direction === 'in') await channel.finish().catch(() => {})
  else await channel.finish()
  return result
}

/** Whether an account may transfer anything without encryption. */
export async function mayBeClear({ tls, guards, login }: Session): Promise<boolean> {
  if (tls === undefined) return true
  return login !== undefined && (await guards.logins.allowsClearFtp(login.account.name))
}
