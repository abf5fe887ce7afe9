import { addAbortListener } from 'node:events'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import * as v from 'valibot'

/** A server that has announced itself. Anybody on the network can announce anything: it is a hint, no proof. */
export interface Discovered {
  readonly name: string
  readonly host: string
  readonly port: number
  /** What it says its key is; undefined without encryption. */
  readonly fingerprint?: string | undefined
}

const schema = v.object({
  name: v.pipe(v.string(), v.maxLength(255)),
  host: v.union([v.pipe(v.string(), v.ipv4()), v.pipe(v.string(), v.ipv6())]),
  port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)),
  fingerprint: v.optional(v.pipe(v.string(), v.regex(/^sha256:[0-9a-f]{64}$/))),
})

/** The source runs as it is, a published package as JavaScript. */
const ENTRY = new URL(`./browse-thread${extname(import.meta.filename)}`, import.meta.url)

/**
 * The servers that answer on the local network within a time (mDNS/DNS-SD, RFC 6762 and 6763). Nothing is thrown but
 * the signal's reason: where the network cannot be asked, there are none. A thread of its own asks, so that nothing
 * that comes from the network can end the program.
 */
export async function discover(waitMs: number, signal: AbortSignal): Promise<Discovered[]> {
  signal.throwIfAborted()
  const found = new Map<string, Discovered>()
  // The library writes to the console.
  await using thread = new Worker(ENTRY, { stdout: true, stderr: true })
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>()
  using _abort = addAbortListener(signal, () => reject(signal.reason))
  // Where the thread has nothing to ask it ends at once, and a timer that holds nothing back would never come.
  thread.once('exit', resolve)
  AbortSignal.timeout(waitMs).addEventListener('abort', () => resolve(), { once: true })
  thread
    .on('error', () => resolve())
    .on('message', (message: unknown) => {
      const { success, output } = v.safeParse(schema, message)
      if (success) found.set(`${output.name} ${output.port}`, output)
    })
  await ended
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}
