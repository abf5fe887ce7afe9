import { spawn } from 'node:child_process'
import { once } from 'node:events'
import pLimit from 'p-limit'

/** The hooks to call after a file has been stored. */
export interface HookOptions {
  /**
   * A program: its argument is the path of the file on this machine, and its standard input is the upload as
   * JSON.
   */
  readonly onUpload: string | undefined
  /** A URL to which the upload is posted as JSON. */
  readonly notify: string | undefined
}

/** A file that has been stored. */
export interface Upload {
  readonly event: 'upload'
  readonly account: string
  /** The address of the client. */
  readonly address: string
  /** Relative to the account's home. */
  readonly path: string
  /** The path on this machine. */
  readonly file: string
  readonly size: number
  readonly md5: string
  /** ISO 8601. */
  readonly time: string
}

const AT_ONCE = 4
const WAITING = 1_000
const COMMAND_MS = 60_000
const POST_MS = 10_000
/** The number of bytes up to which a response is read; their content is ignored. */
const ANSWER_BYTES = 65_536

/**
 * Reports stored files to a program or a URL. No upload waits for a report or fails because of one; failed
 * reports are logged. Each upload is reported at most once. If the server stops before it has reported an
 * upload, only the audit trail contains it. Disposing of this object drops waiting reports and ends running
 * ones.
 */
export class UploadHooks implements Disposable {
  readonly #options: HookOptions
  readonly #onFailure: (message: string) => void
  readonly #limit = pLimit(AT_ONCE)
  readonly #stop = new AbortController()

  constructor(options: HookOptions, onFailure: (message: string) => void) {
    this.#options = options
    this.#onFailure = onFailure
  }

  uploaded(upload: Upload): void {
    const { onUpload, notify } = this.#options
    if (onUpload !== undefined)
      this.#later(`${onUpload} for ${upload.file}`, () => this.#run(onUpload, upload))
    if (notify !== undefined) this.#later(`${notify} for ${upload.file}`, () => this.#post(notify, upload))
  }

  [Symbol.dispose](): void {
    this.#limit.clearQueue()
    this.#stop.abort()
  }

  #later(what: string, action: () => Promise<void>): void {
    if (this.#limit.pendingCount >= WAITING)
      return this.#onFailure(`${what}: not called, because ${WAITING} others are waiting`)
    this.#limit(action).catch((error: unknown) => {
      if (this.#stop.signal.aborted) return
      this.#onFailure(`${what}: ${reasonOf(error)}`)
    })
  }

  /** Do not use a shell: a file name from a client must never become a command. */
  async #run(program: string, upload: Upload): Promise<void> {
    const child = spawn(program, [upload.file], {
      stdio: ['pipe', 'ignore', 'ignore'],
      timeout: COMMAND_MS,
      killSignal: 'SIGKILL',
      signal: this.#stop.signal,
    })
    // The program need not read its standard input.
    child.stdin.on('error', () => {}).end(`${JSON.stringify(upload)}\n`)
    const [code, signal] = await once(child, 'exit')
    if (code !== 0) throw new Error(signal === null ? `ended with ${code}` : `was ended by ${signal}`)
  }

  async #post(url: string, upload: Upload): Promise<void> {
    const { ok, status, body } = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(upload),
      redirect: 'error',
      signal: AbortSignal.any([this.#stop.signal, AbortSignal.timeout(POST_MS)]),
    })
    if (body !== null) await readBriefly(body)
    if (!ok) throw new Error(`was answered with ${status}`)
  }
}

/**
 * Reads a short response to its end, so that the connection can be used again; closes the connection of a
 * longer one.
 */
async function readBriefly(body: ReadableStream<Uint8Array>): Promise<void> {
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > ANSWER_BYTES) return
  }
}

/** What fetch() reports only says that it failed; its cause says why. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message
}
