import type { Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'
import { ALPN } from '@ftp/protocol'
import type { Identity } from '../state/identity.ts'

/** Puts TLS 1.3 on a connection of which nothing has been read. What is not FTX under it is closed. */
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
