import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { TempDir } from './temp-dir.ts'

/**
 * Mounts in a namespace of its own, which the kernel removes with the last program in it, whatever happens.
 */
const HOLDER = 'mount -t tmpfs -o size="$2" tmpfs "$1" && echo mounted && exec cat'
const IS_ROOT = process.getuid?.() === 0

/**
 * A real disk with very little space. Only programs that are run with `under` see it; tests reach it through
 * {@link seen}.
 */
export class SmallDisk implements Disposable {
  /** The path of the disk, for programs that are run with `under`. */
  readonly path: string
  /** The command to run a program under, so that it sees the disk. */
  readonly under: readonly string[]
  /** The path of the disk, for everybody else. */
  readonly seen: string
  readonly #release: () => void

  private constructor(folder: TempDir, pid: number, release: () => void) {
    this.path = folder.path
    const user = IS_ROOT ? [] : ['--user', '--preserve-credentials']
    const enter = ['nsenter', '--target', String(pid), '--mount', ...user, '--']
    this.under = [...enter, 'sh', '-c', 'cd "$0" && exec "$@"', folder.path]
    this.seen = `/proc/${pid}/root${folder.path}`
    this.#release = release
  }

  static async mount(bytes: number): Promise<SmallDisk> {
    const folder = new TempDir()
    const namespaces = IS_ROOT ? ['--mount'] : ['--mount', '--user', '--map-root-user']
    const holder = spawn('unshare', [...namespaces, 'sh', '-c', HOLDER, 'sh', folder.path, String(bytes)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const release = (): void => {
      holder.kill('SIGKILL')
      folder[Symbol.dispose]()
    }
    const ended = once(holder, 'exit').then(() => {
      throw new Error('no small disk could be mounted: this needs root, or user namespaces')
    })
    await Promise.race([once(holder.stdout, 'data'), ended])
    ended.catch(() => {})
    return new SmallDisk(folder, holder.pid ?? 0, release)
  }

  [Symbol.dispose](): void {
    this.#release()
  }
}
