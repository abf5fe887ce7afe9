import type { Duplex } from 'node:stream'
import type { Incoming } from '@ftp/protocol'

/**
 * Makes the socket read into memory of its owner, as the `onread` option of net.connect does for client
 * sockets. Node.js has no such option for accepted sockets, so this sets what the option would set.
 * @returns a function to be called if `destination` changes while nothing arrives; undefined if this version
 * of Node.js lacks the mechanism or the stream is not a socket, so that it has to be read by `data` events
 */
export function readInto(socket: Duplex, { destination, took }: Incoming): (() => void) | undefined {
  const symbols = Object.getOwnPropertySymbols(socket)
  const [buffer, callback, generator] = ['kBuffer', 'kBufferCb', 'kBufferGen'].map((name) =>
    symbols.find(({ description }) => description === name),
  )
  const handle: unknown = Reflect.get(socket, '_handle')
  if (buffer === undefined || callback === undefined || generator === undefined || !isStream(handle))
    return undefined
  Reflect.set(socket, generator, destination)
  Reflect.set(socket, callback, (count: number) => {
    took(count)
    return true
  })
  const renew = (): void => {
    const next = destination()
    Reflect.set(socket, buffer, next)
    handle.useUserBuffer(next)
  }
  renew()
  return renew
}

function isStream(handle: unknown): handle is { readonly useUserBuffer: (buffer: Uint8Array) => void } {
  return (
    typeof handle === 'object' &&
    handle !== null &&
    'useUserBuffer' in handle &&
    typeof handle.useUserBuffer === 'function'
  )
}
