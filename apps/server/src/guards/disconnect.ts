/** How a connection ended, as far as this affects the penalty of its source. */
export type Disconnect =
  /** The client logged in and broke no rule. */
  | 'served'
  /** The login was refused, because the password was wrong. */
  | 'refused'
  /** The client neither logged in nor guessed wrong. */
  | 'silent'
  /** The client ended the TLS handshake, as a browser does if it does not trust the server's certificate. */
  | 'distrusted'
  /** The time limit for the login was exceeded. */
  | 'late'
  /** The client violated the protocol. */
  | 'violation'
  /** The connection did not reach the thread that was to serve it, which is the server's fault. */
  | 'lost'

/**
 * The penalty for each kind of end, in seconds (after OpenSSH's PerSourcePenalties). Penalties add up, and
 * decrease as time passes. When they reach {@link REFUSED_AT}, the source is refused. In the long run, this
 * permits one wrong password in ten seconds for each source.
 */
export const PENALTIES: Readonly<Record<Disconnect, number>> = {
  served: 0,
  lost: 0,
  distrusted: 0,
  silent: 1,
  late: 10,
  refused: 10,
  violation: 20,
}

/** The penalty, in seconds, at which a source is refused. */
export const REFUSED_AT = 15
/** The most that the penalties of a source can add up to, in seconds. */
export const MOST_PENALTY = 600
