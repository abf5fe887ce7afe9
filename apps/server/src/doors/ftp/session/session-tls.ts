import { constants, randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls'
import type { Credentials } from '../../../certificates/credentials.ts'

/** What clients of FTP may ask for; a client that asks only for something else wants another protocol. */
const PROTOCOLS = ['ftp', 'ftp-data']

/**
 * TLS for one control connection and its data connections. The keys for its session tickets are its own, so a data
 * connection that resumes a session can only be one of the client that opened this control connection.
 */
export class SessionTls {
  readonly #credentials: Credentials
  #context: SecureContext | undefined

  constructor(credentials: Credentials) {
    this.#credentials = credentials
  }

  /** Begins TLS on a connection from which nothing has been taken. Wait for its event `secure`. */
  wrap(raw: Socket | Duplex): TLSSocket {
    this.#context ??= contextOf(this.#credentials)
    const socket: TLSSocket = new TLSSocket(raw, {
      isServer: true,
      secureContext: this.#context,
      ALPNCallback: ({ protocols }) => PROTOCOLS.find((one) => protocols.includes(one)),
    })
    // After the handshake, Node.js ends a broken connection by itself only if it belongs to a tls.Server.
    socket.on('_tlsError', (error: Error) => socket.destroy(error))
    return socket
  }
}

function contextOf({ identity, web = identity }: Credentials): SecureContext {
  return createSecureContext({
    key: web.key,
    cert: web.certificate,
    minVersion: 'TLSv1.2',
    // In TLS 1.2, a client could make the server repeat the handshake without end, at little cost to itself.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    sessionIdContext: 'ftp',
    ticketKeys: randomBytes(48),
  })
}
