import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { BLOCK_SIZE, type ChainValue, sameValue } from './chain.ts'
import { defaultKernel } from './default-kernel.ts'
import type { Job, ToHashThread, Values } from './hash-thread.ts'
import type { BlockCheck, Piece } from './kernel.ts'
import { MAX_LANES } from './work-area.ts'

/** The source runs as it is, a published package as JavaScript. */
const ENTRY = new URL(`./hash-thread${extname(import.meta.filename)}`, import.meta.url)

/** What has been asked of the hashing thread and not been answered. */
const asked = new Map<
  number,
  { readonly resolve: (value: ChainValue) => void; readonly reject: (error: Error) => void }
>()
/** Bytes that are hashed in a fraction of a millisecond. */
const SHORT = 131_072
/** Bytes that are hashed in less time than the start of a thread costs, several times over. */
const FEW = 8 * BLOCK_SIZE
/** How long pieces that are in no hurry wait for the next one, to fill the lanes with it, in milliseconds. */
const LINGER_MS = 50
let thread: Worker | undefined
/** Whether the thread takes work yet: nobody waits for it to start. */
let online = false
/** What goes to the thread in one message: a message wakes it, and each costs more than what it carries. */
let gathered: Job[] = []
let linger: NodeJS.Timeout | undefined
/** Bytes hashed by its owner. */
let hashedHere = 0
let lastId = 0

/**
 * Whether a block is what it claims, found out in this thread's hashing thread, side by side with others that wait.
 * `bytes` must stay as they are until then; they are not copied if they come from `takeBlock`.
 * @param hurry do not wait for others
 */
export async function checkInThread(block: BlockCheck, hurry: boolean): Promise<boolean> {
  const { start, bytes, end, length } = block
  return isOnline()
    ? sameValue(await hash({ start, length }, bytes, hurry), end)
    : sameValue(absorbHere(block), end)
}

/** A chain that is computed in this thread's hashing thread; several of them share the lanes. */
export class ThreadChain implements Disposable {
  readonly #chain = ++lastId
  /** Where it stands, as long as it has been computed here. */
  #start: ChainValue | undefined

  constructor(start: ChainValue) {
    this.#start = start
  }

  /**
   * The chaining value after the next `bytes`. May be called again before it is there; `bytes` must stay as they are
   * until then.
   * @param length given where they end the message: its length; the result is its MD5
   */
  async absorb(bytes: Uint8Array, length?: number): Promise<ChainValue> {
    const start = this.#start
    // Short ones are not worth the way to another thread.
    if (start !== undefined && (bytes.length < SHORT || !isOnline())) {
      this.#start = absorbHere({ start, bytes, length })
      return this.#start
    }
    this.#start = undefined
    return await hash({ start, chain: this.#chain, length }, bytes, true)
  }

  [Symbol.dispose](): void {
    if (this.#start === undefined) thread?.postMessage({ forget: this.#chain } satisfies ToHashThread)
  }
}

function absorbHere(piece: Piece): ChainValue {
  hashedHere += piece.bytes.length
  return defaultKernel().absorbAll([piece])[0] ?? piece.start
}

function isOnline(): boolean {
  if (hashedHere >= FEW) thread ??= startThread(defaultKernel().memory)
  return online
}

function hash(job: Omit<Job, 'id' | 'bytes'>, bytes: Uint8Array, hurry: boolean): Promise<ChainValue> {
  const { memory } = defaultKernel()
  thread?.ref()
  const id = ++lastId
  const place = bytes.buffer === memory.buffer ? { at: bytes.byteOffset, size: bytes.length } : bytes
  gathered.push({ ...job, id, bytes: place })
  if (hurry || gathered.length === MAX_LANES) post()
  else linger ??= setTimeout(post, LINGER_MS)
  return new Promise((resolve, reject) => asked.set(id, { resolve, reject }))
}

function post(): void {
  clearTimeout(linger)
  linger = undefined
  thread?.postMessage({ jobs: gathered } satisfies ToHashThread)
  gathered = []
}

function startThread(memory: WebAssembly.Memory): Worker {
  const started = new Worker(ENTRY, { workerData: { memory } })
  started.on('online', () => {
    online = true
  })
  started.on('message', (values: Values) => {
    for (const [id, value] of values) {
      asked.get(id)?.resolve(value)
      asked.delete(id)
    }
    // Nobody waits: it is no reason for the program to go on.
    if (asked.size === 0) started.unref()
  })
  started.on('error', (error) => {
    thread = undefined
    online = false
    gathered = []
    for (const { reject } of asked.values()) reject(new Error('the hashing thread died', { cause: error }))
    asked.clear()
  })
  // After the listeners, which make it a reason to go on.
  started.unref()
  return started
}
