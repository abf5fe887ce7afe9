let origin = ''
let current = ''
let users = 0

/**
 * Makes a folder the working directory of this process until it is disposed of. Several may use the same folder at the
 * same time.
 * @throws Error if another folder is in use
 */
export function workIn(folder: string): Disposable {
  if (users > 0 && folder !== current) throw new Error(`a command is still running in ${current}`)
  if (users++ === 0) {
    origin = process.cwd()
    current = folder
    process.chdir(folder)
  }
  return { [Symbol.dispose]: leave }
}

function leave(): void {
  if (--users === 0) process.chdir(origin)
}
