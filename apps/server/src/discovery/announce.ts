import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'

/** What a server announces to other machines on the network. */
export interface Announcement {
  readonly port: number
  /** Undefined in plaintext. */
  readonly fingerprint: string | undefined
}

/** The source runs as it is, a published package as JavaScript. */
const ENTRY = new URL(`./announce-thread${extname(import.meta.filename)}`, import.meta.url)

/**
 * Tells the network of this server (mDNS/DNS-SD, RFC 6762 and 6763), until it is disposed of. It happens in a thread of
 * its own, so that nothing that comes from the network or from the library can end the server: if it fails, the
 * server cannot be discovered, and everything else goes on.
 * @param onFault called when it fails
 */
export function announce(announcement: Announcement, onFault: (message: string) => void): Disposable {
  // The library writes to the console.
  const thread = new Worker(ENTRY, { workerData: announcement, stdout: true, stderr: true })
  thread.on('error', (error) => onFault(`the server cannot be discovered: ${String(error)}`)).unref()
  return { [Symbol.dispose]: () => void thread.terminate() }
}
