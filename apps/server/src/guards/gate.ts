import type { Log } from '../log/log.ts'
import { Buckets } from './buckets.ts'
import { type Disconnect, MOST_PENALTY, PENALTIES, REFUSED_AT } from './disconnect.ts'
import { KnownAccounts } from './known-accounts.ts'
import type { Limits } from './limits.ts'
import { MOMENT_S, type Refusal } from './refusal.ts'
import { Refusals } from './refusals.ts'
import { addressList, sourceOf, withoutMapping } from './source-address.ts'

/**
 * The maximum number of refused connections that are sent a reason at a time. Each takes a descriptor and a
 * TLS handshake.
 */
export const HEARING = 16

/** The log message for a connection that ended in this way. */
const NOTED: Readonly<Partial<Record<Disconnect, string>>> = {
  late: 'no login in time',
  silent: 'left without a login',
  lost: 'connection lost before it was served: too many files are open',
}

/**
 * The place of one connection. Its owner leaves the place when the connection is closed; only the first call
 * counts.
 */
export interface Place {
  /** If set, the connection is only to be sent this refusal; undefined if it is to be served. */
  readonly refusal: Refusal | undefined
  loggedIn(account: string): void
  /** Counts a wrong password of a connection that may try another one. */
  wrongPassword(): void
  leave(disconnect: Disconnect): void
}

/** Why a connection is refused. */
interface Verdict {
  /** The reason, as the log shows it. */
  readonly reason: string
  /** What the client is sent; undefined if it learns nothing. */
  readonly refusal: Refusal | undefined
}

interface Guest {
  readonly source: string
  readonly trusted: boolean
}

/**
 * Decides whether to admit a connection, before a byte is read. Its memory of a source concerns that source
 * alone: apart from the limits on all connections, no source is refused because of another one.
 */
export class Gate {
  readonly #limits: Limits
  readonly #drop: (connection: number) => void
  readonly #refusals: Refusals
  readonly #isTrusted: (address: string) => boolean
  readonly #attempts: Buckets
  readonly #penalties: Buckets
  /** The penalties for wrong passwords of accounts that are exempt from those of their source. */
  readonly #exemptPenalties: Buckets
  readonly #known: KnownAccounts
  readonly #guests = new Map<number, Guest>()
  readonly #connectionsOf = new Map<string, number>()
  /** The connections of each source that have not logged in, oldest first. */
  readonly #loggingIn = new Map<string, Set<number>>()
  #loggingInCount = 0
  #hearing = 0

  /**
   * @param drop closes a connection that has not logged in; its place is then left like any other
   * @throws TransferError if an entry of `limits.trusted` is not a network
   */
  constructor(limits: Limits, drop: (connection: number) => void, log: Log, now?: () => number) {
    this.#limits = limits
    this.#drop = drop
    this.#refusals = new Refusals(log)
    this.#isTrusted = addressList(limits.trusted)
    this.#attempts = new Buckets(limits.attempts, limits.attemptsAtOnce, undefined, now)
    this.#penalties = new Buckets(1, MOST_PENALTY, undefined, now)
    this.#exemptPenalties = new Buckets(1, MOST_PENALTY, undefined, now)
    this.#known = new KnownAccounts(now)
  }

  /** @returns the place of the connection; undefined if it is to be closed at once, without a reason */
  admit(connection: number, address: string): Place | undefined {
    const source = sourceOf(address)
    const trusted = this.#isTrusted(withoutMapping(address))
    const verdict = this.#verdict(source, trusted)
    if (verdict === undefined) return this.#place(connection, { source, trusted })
    const { reason, refusal } = verdict
    this.#refusals.note(source, `connection refused: ${reason}`)
    return refusal !== undefined && this.#hearing < HEARING
      ? this.#placeToHear(connection, { source, trusted }, refusal)
      : undefined
  }

  #place(connection: number, guest: Guest): Place {
    const { source, trusted } = guest
    this.#count(connection, guest)
    const waiting = this.#loggingIn.get(source) ?? new Set()
    this.#loggingIn.set(source, waiting.add(connection))
    this.#loggingInCount++
    this.#makeRoom(waiting, trusted)
    return {
      refusal: undefined,
      loggedIn: (account) => {
        this.#notWaiting(connection, source)
        this.#known.note(source, account)
      },
      wrongPassword: () => this.#punish(guest),
      leave: (disconnect) => this.#left(connection, disconnect),
    }
  }

  #count(connection: number, guest: Guest): void {
    this.#guests.set(connection, guest)
    this.#connectionsOf.set(guest.source, (this.#connectionsOf.get(guest.source) ?? 0) + 1)
  }

  /** The place of a connection that is only sent its refusal, unless its account is exempt from that. */
  #placeToHear(connection: number, guest: Guest, refusal: Refusal): Place {
    const { source } = guest
    this.#hearing++
    let isHearing = true
    const heard = (): void => {
      if (isHearing) this.#hearing--
      isHearing = false
    }
    return {
      refusal,
      loggedIn: (account) => {
        heard()
        this.#known.note(source, account)
        this.#count(connection, guest)
      },
      wrongPassword: () => {
        if (isHearing) this.#exemptPenalties.pour(source, PENALTIES.refused)
        else this.#punish(guest)
      },
      leave: (disconnect) => {
        if (isHearing && disconnect === 'refused') this.#exemptPenalties.pour(source, PENALTIES[disconnect])
        heard()
        this.#left(connection, disconnect)
      },
    }
  }

  #left(connection: number, disconnect: Disconnect): void {
    const guest = this.#guests.get(connection)
    if (guest === undefined) return
    this.#guests.delete(connection)
    this.#notWaiting(connection, guest.source)
    const others = (this.#connectionsOf.get(guest.source) ?? 0) - 1
    if (others > 0) this.#connectionsOf.set(guest.source, others)
    else this.#connectionsOf.delete(guest.source)
    const noted = NOTED[disconnect]
    if (noted !== undefined) this.#refusals.note(guest.source, noted)
    this.#punish(guest, disconnect)
  }

  #punish({ source, trusted }: Guest, disconnect: Disconnect = 'refused'): void {
    if (PENALTIES[disconnect] > 0 && !trusted) this.#penalties.pour(source, PENALTIES[disconnect])
  }

  #verdict(source: string, trusted: boolean): Verdict | undefined {
    const { connections, connectionsOfSource, attemptsAtOnce } = this.#limits
    if (!trusted) {
      if (this.#attempts.level(source) > attemptsAtOnce - 1)
        return { reason: 'too many attempts from this address', refusal: undefined }
      this.#attempts.pour(source, 1)
      if ((this.#connectionsOf.get(source) ?? 0) >= connectionsOfSource)
        return fullHouse('too many connections from this address')
    }
    if (this.#guests.size >= connections) return fullHouse('too many connections')
    const penalty = trusted ? 0 : this.#penalties.level(source)
    return penalty >= REFUSED_AT ? this.#punished(source, penalty) : undefined
  }

  #punished(source: string, penalty: number): Verdict {
    const seconds = Math.floor(penalty - REFUSED_AT) + 1
    const reason = 'too many failures from this address'
    const text = `this server takes no logins from your address for ${seconds} s, because too many have failed; try again then`
    const isExempt = this.#exemptPenalties.level(source) < REFUSED_AT
    return { reason, refusal: { text, seconds, except: isExempt ? this.#known.of(source) : [] } }
  }

  /**
   * A login takes only a moment. Therefore, if too many connections have not logged in, the oldest is closed
   * rather than the newest, so that stalled connections keep nobody out.
   */
  #makeRoom(ofSource: Set<number>, trusted: boolean): void {
    const { loggingIn, loggingInOfSource } = this.#limits
    if (!trusted && ofSource.size > loggingInOfSource) this.#dropOldest(ofSource)
    else if (this.#loggingInCount > loggingIn) this.#dropOldest(this.#mostWaiting())
  }

  #mostWaiting(): Set<number> {
    let most = new Set<number>()
    for (const waiting of this.#loggingIn.values()) if (waiting.size > most.size) most = waiting
    return most
  }

  #dropOldest(waiting: Set<number>): void {
    const [oldest] = waiting
    if (oldest === undefined) return
    const guest = this.#guests.get(oldest)
    if (guest === undefined) return
    // The connection stops counting now, however long its thread takes to close it.
    this.#notWaiting(oldest, guest.source)
    this.#drop(oldest)
  }

  #notWaiting(connection: number, source: string): void {
    const waiting = this.#loggingIn.get(source)
    if (waiting?.delete(connection) !== true) return
    this.#loggingInCount--
    if (waiting.size === 0) this.#loggingIn.delete(source)
  }
}

function fullHouse(reason: string): Verdict {
  return { reason, refusal: { text: `${reason}; try again in a moment`, seconds: MOMENT_S, except: [] } }
}
