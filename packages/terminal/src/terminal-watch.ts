import fs from 'node:fs'

/**
 * Distinguishes hangups: SIGHUP means either that the terminal has been closed, or that an operator wants
 * files to be opened again. Node.js does not preserve nohup(1)'s request to ignore the signal. This function
 * recognises nohup by its other effect: no stream is connected to the terminal.
 * @param streams the streams of the program
 * @returns a function that returns whether the terminal from which the program was started is gone
 */
export function watchTerminal(
  streams: readonly { readonly isTTY?: boolean }[],
  platform = process.platform,
): () => boolean {
  // On Windows, the signal means nothing else.
  if (platform === 'win32') return () => true
  const began = streams.some(({ isTTY }) => isTTY === true) && hasTerminal()
  return () => began && !hasTerminal()
}

/** Whether this process has a controlling terminal: see tty(4). */
function hasTerminal(): boolean {
  try {
    fs.closeSync(fs.openSync('/dev/tty', fs.constants.O_RDONLY | (fs.constants.O_NOCTTY ?? 0)))
    return true
  } catch {
    return false
  }
}
