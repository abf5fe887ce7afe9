import type { AuditEvent } from './audit-event.ts'
import type { LinkRecord, NewLink } from './link-record.ts'

/** The maximum number of links of one account, and of remembered visits to one link. */
export const MOST_LINKS = 1_000
export const MOST_VISITS = 1_000
/** How long a visit lasts, in seconds. */
export const VISIT_S = 86_400
/** The length of an id in bytes. */
export const LINK_ID_BYTES = 5

/** The share links, by which people without an account reach one path of an account. */
export interface Links {
  /**
   * Makes a link.
   * @param eventOf makes the event that is recorded with it, or not at all
   * @returns its id, and its secret, which cannot be shown again
   * @throws TransferError `forbidden` if the account has too many
   */
  add(link: NewLink, eventOf?: (id: string) => AuditEvent): Promise<{ id: string; secret: string }>
  /** The link with this secret; undefined if there is none, or it has expired. */
  find(secret: string, now?: number): Promise<LinkRecord | undefined>
  /** The links of an account, or of all; including those that have expired or are used up. */
  list(account?: string): Promise<LinkRecord[]>
  /** Removes a link. @param account its owner; undefined for any @throws TransferError `not_found` */
  remove(id: string, account?: string, eventOf?: (link: LinkRecord) => AuditEvent): Promise<LinkRecord>
  /** Whether a visit has been counted as a use; undefined if it is over, or belongs to another link. */
  visit(link: LinkRecord, cookie: string, now?: number): Promise<'admitted' | 'counted' | undefined>
  /** Begins a visit that does not count as a use yet. @returns the value of its cookie */
  admit(link: LinkRecord, now?: number): Promise<string>
  /**
   * Counts one use, unless this visit has already been counted.
   * @param cookie of the visit, if there is one
   * @returns the cookie of the visit, which is new if there was none; undefined if the link is used up, has expired or is
   * gone
   */
  use(link: LinkRecord, cookie?: string, now?: number): Promise<string | undefined>
  /** Removes the visits that were over at this time. */
  forget(now: number): Promise<void>
}
