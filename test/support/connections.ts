import net from 'node:net'

/**
 * An address of this machine that a test can connect from, so that its connections come from several sources.
 */
export function localAddress(host: number): string {
  return `127.0.0.${host}`
}

/**
 * Connects from an address of this machine. Resolves when the connection is established; nothing is read or
 * written.
 */
export async function connectFrom(localAddress: string, port: number): Promise<net.Socket> {
  const socket = net.connect({ host: '127.0.0.1', port, localAddress })
  socket.on('error', () => {})
  await new Promise<void>((resolve) => socket.once('connect', resolve).once('close', () => resolve()))
  return socket
}

/** Resolves when the other side has closed the connection. */
export async function closed(socket: net.Socket): Promise<void> {
  socket.resume()
  if (!socket.closed) await new Promise<void>((resolve) => socket.once('close', () => resolve()))
}
