import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'

/** The data that a server announces to other machines on the network. */
export interface Announcement {
  readonly port: number
  /** Undefined in plaintext. */
  readonly fingerprint: string | undefined
}

/** The source runs directly, but a published package consists of JavaScript. */
const ENTRY = new URL(`./announce-thread${extname(import.meta.filename)}`, import.meta.url)

/**
 * Announces this server on the network (mDNS/DNS-SD, RFC 6762 and 6763) until the result is disposed of. The
 * announcement runs in its own thread, so that nothing from the network or from the library can end the
 * server: if it fails, clients cannot discover the server, but everything else continues.
 * @param onFault called if the announcement fails
 */
export function announce(announcement: Announcement, onFault: (message: string) => void): Disposable {
  // Captures both streams, because the library writes to the console.
  const thread = new Worker(ENTRY, { workerData: announcement, stdout: true, stderr: true })
  thread.on('error', (error) => onFault(`the server cannot be discovered: ${String(error)}`)).unref()
  return { [Symbol.dispose]: () => void thread.terminate() }
}
