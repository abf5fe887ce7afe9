import { type ChildProcess, spawn } from 'node:child_process'
import net from 'node:net'

/** On a line with a delay, clients find what listens on a port on the one that is so much higher. */
export const DELAYED = 20

/** Where one round happens. All paths are on the same file system, a tmpfs by default. */
export interface Ground {
  /** What servers serve; holds `name`. */
  readonly served: string
  /** Where clients work; holds `name` too. */
  readonly desk: string
  /** A file, or a directory with a tree. */
  readonly name: string
  readonly isTree: boolean
  /** The tree is there already, and is compared: a second run. */
  readonly isAgain: boolean
  /** The port that clients take for the one that a server listens on. */
  readonly port: (listening: number) => number
  /** A folder for configuration. */
  readonly setup: string
}

/** A program to compare with. */
export interface Peer {
  readonly name: string
  /** What it does for the bytes: `TLS, MD5`. */
  readonly does: string
  /** Debian package that brings it. */
  readonly packages: readonly string[]
  /** Commands that must be there. */
  readonly commands: readonly string[]
  /** The folder that it serves, where nobody else may serve the same; `served`, if undefined. */
  root?(ground: Ground): string
  /** Starts what serves it. Undefined where nothing has to run. */
  start?(ground: Ground): Promise<AsyncDisposable>
  /** Whether that is started anew for each run: it must not remember the one before. */
  readonly isStartedAnew?: boolean
  /** A shell command that fetches `served/name` to `desk/out`; undefined for what it cannot do. */
  get?(ground: Ground): string | undefined
  /** A shell command that stores `desk/name` as `in` in the served folder; undefined for what it cannot do. */
  put?(ground: Ground): string | undefined
}

/** Starts a server process; it is killed with its group when disposed of. */
export async function serve(
  command: string,
  args: readonly string[],
  ready: (line: string) => boolean,
): Promise<AsyncDisposable & { readonly pid: number }> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  await new Promise<void>((resolve, reject) => {
    const look = (chunk: Buffer): void => {
      if (ready(chunk.toString())) resolve()
    }
    child.stdout.on('data', look)
    child.stderr.on('data', look)
    child.once('error', reject).once('exit', (code) => reject(new Error(`${command} ended with ${code}`)))
  })
  return { pid: child.pid ?? 0, ...stopper(child) }
}

/** Starts a server that says nothing; it is ready when its port answers. */
export async function serveSilently(
  command: string,
  args: readonly string[],
  answers: () => Promise<boolean>,
): Promise<AsyncDisposable> {
  const child = spawn(command, args, { stdio: 'ignore', detached: true })
  let ended = false
  child.once('exit', () => {
    ended = true
  })
  while (!(await answers())) if (ended) throw new Error(`${command} ended at once`)
  return stopper(child)
}

function stopper(child: ChildProcess): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.pid === undefined) return
      const gone = new Promise((resolve) => child.once('exit', resolve))
      process.kill(-child.pid, 'SIGTERM')
      await gone
    },
  }
}

/** Whether something accepts connections at a port of this machine. */
export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1')
    const end = (answer: boolean): void => {
      socket.destroy()
      setTimeout(() => resolve(answer), answer ? 0 : 20)
    }
    socket.once('connect', () => end(true)).once('error', () => end(false))
  })
}
