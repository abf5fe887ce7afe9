import fs from 'node:fs'
import module from 'node:module'
import os from 'node:os'
import path from 'node:path'

/*
 * This file is JavaScript, like the `main.js` that calls it: for the first TypeScript file that is not in the
 * cache, Node.js loads a compiler, which takes longer than everything else in a short command.
 */

/**
 * Stores all code that is loaded from now on, by threads too, in compiled form for the next start, in the
 * user's own cache folder.
 * @param {string} program the name of the folder
 * @param {NodeJS.ProcessEnv} environment
 */
export function startQuickly(program, environment) {
  // Without a listener, Node.js would open a debugger port at this signal, and anybody who can connect to the
  // port could read passwords and keys.
  process.on('SIGUSR1', () => {})
  const caches = cachesOf(environment)
  const folder = path.join(caches, program, ...(process.platform === 'win32' ? ['cache'] : []))
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (!isOwn(caches) || !isOwn(folder)) return
    module.enableCompileCache(folder)
    // Threads read this variable.
    environment.NODE_COMPILE_CACHE ??= folder
  } catch {
    // The only consequence is a slower start.
  }
}

/**
 * Prints the version if nothing else is asked for, because everything else in a program takes longer to load than
 * Node.js itself.
 * @param {readonly string[]} args the arguments of the program
 * @returns whether it has; if the output takes nothing, the program is left to say so
 */
export async function printVersion(args) {
  if (args.length !== 1 || (args[0] !== '--version' && args[0] !== '-V')) return false
  const { VERSION } = await import('@ftp/protocol/version')
  try {
    fs.writeSync(1, `${VERSION}\n`)
    return true
  } catch {
    return false
  }
}

/**
 * The folder for the caches of this user. On Windows, it is also that for everything else of a program.
 * @param {NodeJS.ProcessEnv} environment
 */
function cachesOf(environment) {
  const usual = process.platform === 'win32' ? environment.LOCALAPPDATA : undefined
  return environment.XDG_CACHE_HOME || usual || path.join(os.homedir(), '.cache')
}

/**
 * Whether nobody else can write to the folder, because its contents are going to be executed.
 * @param {string} folder
 */
function isOwn(folder) {
  const { uid, mode } = fs.statSync(folder)
  return process.platform === 'win32' || (uid === os.userInfo().uid && (mode & 0o022) === 0)
}
