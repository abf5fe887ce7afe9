import fs from 'node:fs'
import module from 'node:module'
import os from 'node:os'
import path from 'node:path'

/**
 * Keeps what is loaded from now on, by threads too, in compiled form for the next start, in the user's own cache
 * folder.
 * @param program names the folder
 */
export function startQuickly(program: string, environment: NodeJS.ProcessEnv): void {
  const caches = environment.XDG_CACHE_HOME || path.join(os.homedir(), '.cache')
  const folder = path.join(caches, program)
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (!isOwn(caches) || !isOwn(folder)) return
    module.enableCompileCache(folder)
    // Threads look there.
    environment.NODE_COMPILE_CACHE ??= folder
  } catch {
    // It starts slower, that is all.
  }
}

/** Whether nobody else can put something there: it is going to be run. */
function isOwn(folder: string): boolean {
  const { uid, mode } = fs.statSync(folder)
  return process.platform === 'win32' || (uid === os.userInfo().uid && (mode & 0o022) === 0)
}
