import { addAbortListener } from 'node:events'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import * as v from 'valibot'

/**
 * A server that has announced itself. Anybody on the network can announce anything, so this is a hint and no
 * proof.
 */
export interface Discovered {
  readonly name: string
  readonly host: string
  readonly port: number
  /** The fingerprint of its key, according to its announcement; undefined without encryption. */
  readonly fingerprint?: string | undefined
}

const schema = v.object({
  name: v.pipe(v.string(), v.maxLength(255)),
  host: v.union([v.pipe(v.string(), v.ipv4()), v.pipe(v.string(), v.ipv6())]),
  port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)),
  fingerprint: v.optional(v.pipe(v.string(), v.regex(/^sha256:[0-9a-f]{64}$/))),
})

/** The source runs as TypeScript, a published package as JavaScript. */
const ENTRY = new URL(`./browse-thread${extname(import.meta.filename)}`, import.meta.url)

/**
 * Finds the servers that answer on the local network within `waitMs` (mDNS/DNS-SD, RFC 6762 and 6763). If the
 * network cannot be asked, the result is empty; only the signal's reason is thrown. A separate thread asks,
 * so that nothing that comes from the network can end the program.
 */
export async function discover(waitMs: number, signal: AbortSignal): Promise<Discovered[]> {
  signal.throwIfAborted()
  const found = new Map<string, Discovered>()
  // The library writes to the console.
  await using thread = new Worker(ENTRY, { stdout: true, stderr: true })
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>()
  using _abort = addAbortListener(signal, () => reject(signal.reason))
  // If the thread has nothing to ask, it exits at once, and an unreferenced timer would then never fire.
  thread.once('exit', resolve)
  thread
    .on('error', () => resolve())
    .on('message', (message: unknown) => {
      // Servers have the whole time to answer, however long the thread takes to load.
      if (message === 'asked')
        AbortSignal.timeout(waitMs).addEventListener('abort', () => resolve(), { once: true })
      const { success, output } = v.safeParse(schema, message)
      if (success) found.set(`${output.name} ${output.port}`, output)
    })
  await ended
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}
