import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { errnoOf } from '@ftp/protocol'

/**
 * Opening a named pipe waits until somebody opens its other end. A thread of the pool that waits in this way
 * can never be stopped, and the process cannot end before it. These functions wait in the event loop instead.
 */

/** How often to look whether somebody reads the pipe, in milliseconds: no event says so. */
const LOOK_EVERY_MS = 100

/** How many bytes of a file are read at a time. */
const BUFFER = 1 << 20

/** Not defined on Windows, where named pipes are not files. */
const { O_NONBLOCK = 0, O_RDONLY, O_WRONLY, O_TRUNC, O_CREAT } = fs.constants

/**
 * Opens a file or a named pipe for reading. Bytes come when somebody writes to the pipe; when the signal is
 * aborted, the stream fails with its reason.
 * @throws the system's error
 */
export function openToRead(file: string, signal: AbortSignal): Readable {
  signal.throwIfAborted()
  const fd = fs.openSync(file, O_RDONLY | O_NONBLOCK)
  const stats = fs.fstatSync(fd)
  if (stats.isDirectory()) refuse(fd)
  const stream = stats.isFIFO()
    ? new net.Socket({ fd, readable: true, writable: false })
    : fs.createReadStream(file, { fd, highWaterMark: BUFFER })
  return endedBy(signal, stream)
}

/**
 * Opens a file, a device or a named pipe for writing. Resolves when somebody reads the pipe.
 * @throws the system's error; the signal's reason when it is aborted
 */
export async function openToWrite(file: string, signal: AbortSignal): Promise<Writable> {
  for (;;) {
    signal.throwIfAborted()
    try {
      const fd = fs.openSync(file, O_WRONLY | O_TRUNC | O_CREAT | O_NONBLOCK, 0o666)
      return fs.fstatSync(fd).isFIFO()
        ? new net.Socket({ fd, readable: false, writable: true })
        : fs.createWriteStream(file, { fd })
    } catch (error) {
      // Nobody reads the pipe; for a socket, nobody ever will.
      if (errnoOf(error) !== 'ENXIO' || !fs.statSync(file).isFIFO()) throw error
    }
    await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => {})
  }
}

/** Writes everything out and closes the stream, so that the reader of a pipe sees its end. */
export async function close(stream: Writable): Promise<void> {
  if (stream.destroyed) return
  const closed = once(stream, 'close')
  stream.end()
  await closed
}

/** A directory can be opened but not read. @throws the system's error, which says that it is one */
function refuse(directory: number): void {
  try {
    fs.readSync(directory, new Uint8Array(1))
  } finally {
    fs.closeSync(directory)
  }
}

function endedBy(signal: AbortSignal, stream: Readable): Readable {
  const abort = (): void => void stream.destroy(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  // The reader of the stream gets the error.
  stream.on('error', () => {})
  return stream.once('close', () => signal.removeEventListener('abort', abort))
}
