import type { Credentials } from '../../../certificates/credentials.ts'
import type { PortRange } from '../../../config.ts'

/** How the door serves. */
export interface FtpOptions {
  /** What TLS shows; undefined if the server has no key, because it serves in plaintext. */
  readonly credentials: Credentials | undefined
  /** Whether connections begin with TLS, without being asked to. */
  readonly isImplicit: boolean
  /** The ports for data connections; undefined for any. */
  readonly passive: PortRange | undefined
  /** The IPv4 address that clients are told for data connections; undefined for the one that they have reached. */
  readonly address: string | undefined
  /** Whether a data connection has to resume the TLS session of its control connection. */
  readonly requiresResumption: boolean
}
