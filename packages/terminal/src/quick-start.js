import fs from 'node:fs'
import module from 'node:module'
import os from 'node:os'
import path from 'node:path'

/*
 * JavaScript, like the `main.js` that calls it: for the first TypeScript that is not in the cache Node.js loads a
 * compiler, which takes longer than all else that a short command does.
 */

/**
 * Keeps what is loaded from now on, by threads too, in compiled form for the next start, in the user's own cache
 * folder.
 * @param {string} program names the folder
 * @param {NodeJS.ProcessEnv} environment
 */
export function startQuickly(program, environment) {
  // Otherwise Node.js opens a debugger port at this signal, and whoever may connect to it reads passwords and keys.
  process.on('SIGUSR1', () => {})
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

/**
 * Whether nobody else can put something there: it is going to be run.
 * @param {string} folder
 */
function isOwn(folder) {
  const { uid, mode } = fs.statSync(folder)
  return process.platform === 'win32' || (uid === os.userInfo().uid && (mode & 0o022) === 0)
}
