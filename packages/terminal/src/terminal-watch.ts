import fs from 'node:fs'

/**
 * Tells hangups apart: SIGHUP says that the terminal was closed, or that an operator wants files to be opened again.
 * Node.js forgets that nohup(1) wants it ignored, so that is told by what nohup does besides: it leaves no stream at
 * the terminal.
 * @param streams of the program
 * @returns whether the terminal that the program was started from is gone
 */
export function watchTerminal(streams: readonly { readonly isTTY?: boolean }[]): () => boolean {
  const began = streams.some(({ isTTY }) => isTTY === true) && hasTerminal()
  return () => began && !hasTerminal()
}

/** Whether this process has a controlling terminal, see tty(4). */
function hasTerminal(): boolean {
  try {
    fs.closeSync(fs.openSync('/dev/tty', fs.constants.O_RDONLY | (fs.constants.O_NOCTTY ?? 0)))
    return true
  } catch {
    return false
  }
}
