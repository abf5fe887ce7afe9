import { randomUUID } from 'node:crypto'
import fs from 'node:fs'

const LOOK_EVERY_MS = 1_000

/**
 * Writes into a file who uses the folder, and checks at intervals that nobody else has done so since. On a
 * network file system, a machine that has been cut off for some time loses its locks without being told, and a
 * server on another machine may have taken its place.
 *
 * This limits the damage only: a write that was under way before the check cannot be called back.
 *
 * Disposing of the result ends the checks and leaves the file.
 * @param onReplaced called once, when another server has written itself into the file
 */
export function watchOwner(file: string, onReplaced: () => void): Disposable {
  const owner = randomUUID()
  // On a full disk, a server must still start. It overwrites what is there, which takes no more space.
  try {
    fs.writeFileSync(file, owner, { mode: 0o600, flush: true })
  } catch {
    return { [Symbol.dispose]: () => {} }
  }
  let isLooking = false
  const look = (): void => {
    // While the file system does not answer, one look waits for it.
    if (isLooking) return
    isLooking = true
    fs.readFile(file, 'utf8', (error, found) => {
      isLooking = false
      // What is shorter is still being written.
      if (error !== null || found === owner || found.length < owner.length) return
      clearInterval(timer)
      onReplaced()
    })
  }
  const timer = setInterval(look, LOOK_EVERY_MS).unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
