import { execFile } from 'node:child_process'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
const CLIENT = path.resolve(import.meta.dirname, '../../apps/client/src/main.ts')
/** How long a program may take, in milliseconds. It serves only to name what never came. */
const PATIENCE_MS = 120_000
let last = 0

export interface TerminalOptions {
  readonly cwd: string
  readonly columns: number
  readonly rows: number
  readonly env?: Readonly<Record<string, string>>
}

/** A program on a real terminal (tmux), and the screen that a person would see. */
export class Terminal implements AsyncDisposable {
  readonly #socket = `ftp-test-${process.pid}-${++last}`

  /** Starts the client. */
  static async start(args: readonly string[], options: TerminalOptions): Promise<Terminal> {
    return await Terminal.run([process.execPath, CLIENT, ...args], options)
  }

  /** Starts any program. */
  static async run(
    command: readonly string[],
    { cwd, columns, rows, env = {} }: TerminalOptions,
  ): Promise<Terminal> {
    const terminal = new Terminal()
    const size = ['-x', String(columns), '-y', String(rows)]
    const variables = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`])
    const program = [...variables, '-c', cwd, ...command]
    // Without the status line, all rows belong to the program. The screen stays when the program has ended.
    const set = [';', 'set', '-g']
    const options = [...set, 'status', 'off', ...set, 'remain-on-exit', 'on', ...set, 'window-size', 'manual']
    await terminal.#tmux('-f', '/dev/null', 'new-session', '-d', ...size, ...program, ...options)
    return terminal
  }

  /** The text on the screen. */
  async screen(): Promise<string> {
    return await this.#tmux('capture-pane', '-p')
  }

  /** The text on the screen, and what has scrolled off it: the notice that a program has ended takes a line. */
  async history(): Promise<string> {
    return await this.#tmux('capture-pane', '-p', '-S', '-')
  }

  /** Types texts and keys: `Enter`, `Tab`, `Up`, `C-c`, … */
  async type(...keys: string[]): Promise<void> {
    await this.#tmux('send-keys', ...keys)
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux('resize-window', '-x', String(columns), '-y', String(rows))
  }

  /** Waits until the screen matches. Trailing spaces of lines are not part of it. @returns the screen */
  async shows(what: RegExp, patienceMs = PATIENCE_MS): Promise<string> {
    return await this.#until(
      () => this.screen(),
      (screen) => what.test(screen),
      `showed ${what}`,
      patienceMs,
    )
  }

  /** Waits until the program has ended. */
  async ended(): Promise<void> {
    await this.#until(
      () => this.#tmux('display-message', '-p', '#{pane_dead}'),
      (dead) => dead.startsWith('1'),
      'ended',
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux('kill-server').catch(() => {})
  }

  /** Polls, because a terminal does not announce that its screen has changed. */
  async #until(
    look: () => Promise<string>,
    isThere: (seen: string) => boolean,
    what: string,
    patienceMs = PATIENCE_MS,
  ): Promise<string> {
    for (const deadline = performance.now() + patienceMs; ; ) {
      const seen = await look()
      if (isThere(seen)) return seen
      if (performance.now() > deadline) throw new Error(`the terminal never ${what}:\n${await this.screen()}`)
      await delay(20)
    }
  }

  async #tmux(...args: string[]): Promise<string> {
    const { stdout } = await run('tmux', ['-L', this.#socket, ...args])
    return stdout
  }
}
