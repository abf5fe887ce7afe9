import { constants } from 'node:crypto'
import type { Socket } from 'node:net'
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls'
import { ALPN } from '@ftp/protocol'
import type { Credentials, KeyPair } from '../../certificates/credentials.ts'

const HTTP = 'http/1.1'

/**
 * Begins TLS on a connection from which nothing has been taken. A client that asks for FTX sees the server's
 * identity, which clients have pinned; any other client sees the operator's certificate if there is one. TLS
 * 1.2 is for HTTP alone: FTX requires 1.3, which the entrance checks.
 * @param web whether HTTP is served, too; without it, only clients that ask for FTX get a handshake
 */
export function secureWith({ identity, web }: Credentials, isWeb: boolean): (socket: Socket) => TLSSocket {
  const ours = contextOf(identity)
  const shown = web === undefined ? ours : contextOf(web)
  return (raw) => {
    const socket: TLSSocket = new TLSSocket(raw, {
      isServer: true,
      // A client without ALPN speaks HTTP. Its certificate cannot be chosen in the callback.
      secureContext: shown,
      ALPNCallback({ protocols }) {
        if (!protocols.includes(ALPN)) return isWeb && protocols.includes(HTTP) ? HTTP : undefined
        if (shown !== ours) socket.setKeyCert(ours)
        return ALPN
      },
    })
    // After the handshake, Node.js ends a broken connection by itself only if it belongs to a tls.Server.
    socket.on('_tlsError', () => socket.destroy())
    return socket
  }
}

function contextOf({ key, certificate }: KeyPair): SecureContext {
  return createSecureContext({
    key,
    cert: certificate,
    minVersion: 'TLSv1.2',
    // In TLS 1.2, a client could make the server repeat the handshake without end, at little cost to itself.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  })
}
