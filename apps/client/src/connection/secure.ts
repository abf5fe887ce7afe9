import { createHash, type X509Certificate } from 'node:crypto'
import tls from 'node:tls'
import { ALPN, TLS_EXPORTER, TransferError } from '@ftp/protocol'
import { type Address, type OpenSocketOptions, openSocket } from './socket.ts'

/** The certificate is not verified, so the certificates of the public authorities need not be loaded. */
const UNVERIFIED: tls.ConnectionOptions = { rejectUnauthorized: false, ca: [] }

/** Decides which keys of a server are accepted. */
export interface KeyPolicy {
  /**
   * Called before anything is sent. @throws TransferError `login` if the server with this key must not be
   * talked to
   */
  readonly verify: (fingerprint: string) => void
  /** Called when the server with this key has accepted the login. */
  readonly accepted: (fingerprint: string) => void
}

/** An encrypted connection to a server whose key has been accepted. */
export interface Secure {
  readonly socket: tls.TLSSocket
  readonly fingerprint: string
  /** The data that a login over this connection is bound to (RFC 9266). */
  readonly binding: () => Uint8Array
}

/**
 * Opens a connection with TLS 1.3. No byte is sent over it before the server's key has been checked.
 *
 * The certificate proves nothing, because anybody can make one, so it is not verified. The handshake shows
 * that the server has the private key (RFC 8446, section 4.4.3), and `key` decides whether that key is the
 * expected one. Sessions are never resumed, because a resumed session would show no key at all.
 * @throws TransferError `lost` if the handshake fails
 */
export async function openSecure(
  address: Address,
  key: KeyPolicy,
  options: Omit<OpenSocketOptions, 'connect'>,
): Promise<Secure> {
  const { signal, timeoutMs } = options
  const secure = await openSocket(address, {
    ...options,
    connect: (socket) =>
      tls.connect({ ...socket, ...UNVERIFIED, ALPNProtocols: [ALPN], minVersion: 'TLSv1.3' }),
  })
  if (!(secure instanceof tls.TLSSocket)) throw new TransferError('internal', 'no TLS socket')
  try {
    await new Promise<void>((resolve, reject) => {
      const stop = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      if (stop.aborted) reject(stop.reason)
      stop.addEventListener('abort', () => reject(stop.reason), { once: true })
      secure
        .once('secureConnect', resolve)
        .once('error', reject)
        .once('close', () => reject(new Error('closed')))
    })
    if (secure.alpnProtocol !== ALPN || secure.isSessionReused()) throw new Error('another protocol')
  } catch (cause) {
    secure.on('error', () => {}).destroy()
    signal.throwIfAborted()
    const text = `no encrypted connection to ${address.host}, port ${address.port}. The server may take no more connections at the moment: try again in some seconds. Otherwise, check that it is an ftp-server`
    throw new TransferError('lost', text, { cause })
  }
  try {
    const fingerprint = fingerprintOf(secure.getPeerX509Certificate())
    key.verify(fingerprint)
    const { length, label } = TLS_EXPORTER
    return {
      socket: secure.removeAllListeners('error').removeAllListeners('close'),
      fingerprint,
      binding: () => secure.exportKeyingMaterial(length, label, Buffer.alloc(0)),
    }
  } catch (error) {
    secure.on('error', () => {}).destroy()
    throw error
  }
}

function fingerprintOf(certificate: X509Certificate | undefined): string {
  if (certificate === undefined) throw new TransferError('login', 'the server showed no key')
  const spki = certificate.publicKey.export({ type: 'spki', format: 'der' })
  return `sha256:${createHash('sha256').update(spki).digest('hex')}`
}
