import type { Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'
import { ALPN } from '@ftp/protocol'
import type { Identity } from '../state/identity.ts'

/**
 * Starts TLS 1.3 on a connection from which nothing has been read. If the protocol inside TLS is not FTX, the
 * connection is closed.
 */
export function secureWith({ key, certificate }: Identity): (socket: Socket) => TLSSocket {
  const secureContext = createSecureContext({ key, cert: certificate, minVersion: 'TLSv1.3' })
  return (socket) => {
    const secure = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: [ALPN] })
    secure.once('secure', () => {
      if (secure.alpnProtocol !== ALPN) secure.destroy()
    })
    return secure
  }
}
