import { setTimeout as delay } from 'node:timers/promises'
import { errnoOf, TransferError } from '@ftp/protocol'

/** How long a file may be in use before that is an error, in milliseconds. */
const PATIENCE_MS = 1_000
const PAUSE_MS = 50
/** What Windows answers if another program, such as a virus scanner, has opened the file. */
const IN_USE: ReadonlySet<string> = new Set(['EBUSY', 'EPERM', 'EACCES'])

/**
 * Runs an action that replaces, renames or removes files. On Windows, it is tried again for a second if a file is in
 * use, because most programs hold files only for moments; an action that fails so must have changed nothing.
 * @param platform as process.platform
 * @throws a system error `EBUSY` if the file is still in use
 */
export async function whileInUse<T>(action: () => T, platform = process.platform): Promise<T> {
  for (const deadline = performance.now() + PATIENCE_MS; ; await delay(PAUSE_MS)) {
    try {
      return action()
    } catch (error) {
      if (!isInUse(error, platform) || performance.now() > deadline) throw asInUse(error, platform)
    }
  }
}

/** As {@link whileInUse}, but synchronous: for a process in which nobody else waits for this thread. */
export function whileInUseNow<T>(action: () => T, platform = process.platform): T {
  for (const deadline = performance.now() + PATIENCE_MS; ; pause()) {
    try {
      return action()
    } catch (error) {
      if (!isInUse(error, platform) || performance.now() > deadline) throw asInUse(error, platform)
    }
  }
}

/** A system error `EBUSY` if the error means that a file is in use; any other error as it is. */
export function asInUse(error: unknown, platform = process.platform): unknown {
  if (!isInUse(error, platform)) return error
  return Object.assign(new Error('the file is in use', { cause: error }), { code: 'EBUSY' })
}

function isInUse(error: unknown, platform: NodeJS.Platform): boolean {
  const errno = errnoOf(error instanceof TransferError ? error.cause : error)
  return platform === 'win32' && IN_USE.has(errno ?? '')
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS)
}
