/** How a connection ended, as far as its source is judged by it. */
export type Disconnect =
  /** Logged in, and nothing to complain of. */
  | 'served'
  /** The login was refused. */
  | 'refused'
  /** Neither logged in nor tried to the end. */
  | 'silent'
  /** Not logged in within the time for it. */
  | 'late'
  /** The protocol was broken. */
  | 'violation'
  /** It never reached the thread that was to serve it, which is the server's fault. */
  | 'lost'

/**
 * What each costs, in seconds (after OpenSSH's PerSourcePenalties): they add up, time takes them off again, and at
 * {@link REFUSED_AT} the source is refused. So one source gets one wrong password in ten seconds, in the long run.
 */
export const PENALTIES: Readonly<Record<Disconnect, number>> = {
  served: 0,
  lost: 0,
  silent: 1,
  late: 10,
  refused: 10,
  violation: 20,
}

export const REFUSED_AT = 15
export const MOST_PENALTY = 600
