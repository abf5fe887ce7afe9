import { type ChildProcessByStdio, spawn } from 'node:child_process'
import path from 'node:path'
import type { Readable, Writable } from 'node:stream'

const REPOSITORY = path.resolve(import.meta.dirname, '../..')
/**
 * The variables that every program inherits from the tests: the search path, and the cache of compiled
 * modules.
 */
const { PATH, NODE_COMPILE_CACHE } = process.env

/** One line of `--json` output. */
export type ProgramEvent = Readonly<Record<string, unknown>> & { readonly event: string }

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** The complete result of a run that has ended. */
export interface Result extends Exit {
  readonly stdout: Buffer
  readonly stderr: string
  readonly events: readonly ProgramEvent[]
}

/**
 * A command to run a program under, without root's right to read everything; empty if the tests do not run as
 * root.
 */
export const AS_ANYBODY =
  process.getuid?.() === 0 ? ['setpriv', '--bounding-set', '-dac_override,-dac_read_search'] : []

export interface ProgramOptions {
  readonly cwd?: string | undefined
  readonly env?: Readonly<Record<string, string>> | undefined
  /** A command to run the program under, for example as another user or in another mount namespace. */
  readonly under?: readonly string[] | undefined
}

/** A program of this project in a process of its own. Disposing of it kills the process. */
export class Program implements AsyncDisposable {
  readonly exit: Promise<Exit>
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #stdout: Buffer[] = []
  readonly #stderr: Buffer[] = []
  #changed = Promise.withResolvers<void>()
  #ended = false

  /** @param entry the path of its main module in the repository */
  constructor(
    entry: string,
    args: readonly string[],
    { cwd = REPOSITORY, env = {}, under = [] }: ProgramOptions,
  ) {
    const [command = '', ...rest] = [...under, process.execPath, path.join(REPOSITORY, entry), ...args]
    this.#child = spawn(command, rest, {
      cwd,
      env: { PATH, NODE_COMPILE_CACHE, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.#child.stdin.on('error', () => {})
    this.#child.stdout.on('data', (chunk: Buffer) => this.#note(this.#stdout, chunk))
    this.#child.stderr.on('data', (chunk: Buffer) => this.#note(this.#stderr, chunk))
    this.exit = new Promise((resolve, reject) => {
      this.#child.on('error', reject).on('close', (code, signal) => {
        this.#ended = true
        this.#changed.resolve()
        resolve({ code, signal })
      })
    })
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get stdin(): Writable {
    return this.#child.stdin
  }

  get stdout(): Buffer {
    return Buffer.concat(this.#stdout)
  }

  get stderr(): string {
    return Buffer.concat(this.#stderr).toString()
  }

  get events(): ProgramEvent[] {
    return parseEvents(this.stdout.toString())
  }

  /** The first event with this name, which may have arrived already. */
  async event(name: string): Promise<ProgramEvent> {
    return await this.until(() => this.events.find(({ event }) => event === name), name)
  }

  /** Waits until standard error contains this text. */
  async says(text: string): Promise<void> {
    await this.until(() => this.stderr.includes(text) || undefined, text)
  }

  /** Waits until standard output matches. @returns the whole output */
  async prints(what: RegExp): Promise<string> {
    return await this.until(() => {
      const text = this.stdout.toString()
      return what.test(text) ? text : undefined
    }, String(what))
  }

  /**
   * Waits until the program's output makes `look` return something. @param what is being waited for, named in
   * the failure
   */
  async until<T>(look: () => T | undefined, what = 'it'): Promise<T> {
    for (;;) {
      const found = look()
      if (found !== undefined) return found
      if (this.#ended) throw new Error(`ended without "${what}": ${this.stdout}${this.stderr}`)
      await this.#changed.promise
    }
  }

  /** Stops reading standard output, like a pipe whose reader has gone. */
  closeStdout(): void {
    this.#child.stdout.destroy()
  }

  async result(): Promise<Result> {
    const exit = await this.exit
    return { ...exit, stdout: this.stdout, stderr: this.stderr, events: this.events }
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<Exit> {
    if (!this.#ended) this.#child.kill(signal)
    return await this.exit
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }

  #note(chunks: Buffer[], chunk: Buffer): void {
    chunks.push(chunk)
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }
}

/** The events in a text: its complete lines that are JSON objects with an `event`. */
export function parseEvents(text: string): ProgramEvent[] {
  const lines = text.split('\n').slice(0, -1)
  return lines.map(parseEvent).filter((event) => event !== undefined)
}

function parseEvent(line: string): ProgramEvent | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isEvent(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isEvent(value: unknown): value is ProgramEvent {
  return typeof value === 'object' && value !== null && 'event' in value && typeof value.event === 'string'
}
