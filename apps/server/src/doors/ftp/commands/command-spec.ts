import type { Session } from '../session/session.ts'
import type { Reply } from '../wire/reply.ts'

/** A command that this server knows. */
export interface CommandSpec {
  /** @throws Refusal, TransferError */
  readonly run: (session: Session, argument: string) => Promise<Reply | undefined>
  /** What its argument is, if it cannot do without one. */
  readonly takes?: string
  /** Whether it can be used before the login. Default: no. */
  readonly isOpen?: boolean
  /** Whether what REST and ALLO have said still counts after it. Default: no. */
  readonly keeps?: boolean
  /** Whether it uses the data connection that was agreed upon, even if it fails. Default: no. */
  readonly usesData?: boolean
}

/** The commands of one group, by name. */
export type Commands = Readonly<Record<string, CommandSpec>>
