import fs from 'node:fs'
import { BLOCK_SIZE } from '@ftp/md5/chain'
import { fromErrno, TransferError } from '@ftp/protocol'

/** A place on the disk for one block. Disposing of it frees the place. */
export interface Slot extends Disposable {
  /** @throws TransferError `no_space`, `io` */
  write(bytes: Uint8Array, at: number): void
  /** Fills `bytes` from the start of the place. @throws TransferError `io` */
  read(bytes: Uint8Array): void
}

/**
 * Holds payloads that arrive slowly. They are in a file without a name, which the system keeps in its memory
 * if there is room. The file contains at most one block for each connection. When nobody is slow any more, it
 * is empty again.
 */
export class Spool implements Disposable {
  readonly #file: string
  #fd: number | undefined
  #free: number[] = []
  #slots = 0

  /** @param file created on first use, and unlinked at once */
  constructor(file: string) {
    this.#file = file
  }

  /** @throws TransferError if the file cannot be created */
  slot(): Slot {
    const fd = this.#attempt(() => this.#open())
    const start = (this.#free.pop() ?? this.#slots++) * BLOCK_SIZE
    let isOpen = true
    return {
      write: (bytes, at) => this.#attempt(() => writeAll(fd, bytes, start + at)),
      read: (bytes) => this.#attempt(() => readAll(fd, bytes, start)),
      [Symbol.dispose]: () => {
        if (!isOpen) return
        isOpen = false
        this.#giveBack(fd, start / BLOCK_SIZE)
      },
    }
  }

  [Symbol.dispose](): void {
    if (this.#fd !== undefined) fs.closeSync(this.#fd)
    this.#fd = undefined
  }

  #open(): number {
    if (this.#fd !== undefined) return this.#fd
    this.#fd = fs.openSync(this.#file, 'w+', 0o600)
    fs.unlinkSync(this.#file)
    return this.#fd
  }

  #giveBack(fd: number, slot: number): void {
    this.#free.push(slot)
    if (this.#free.length < this.#slots || this.#fd === undefined) return
    this.#free = []
    this.#slots = 0
    fs.ftruncateSync(fd)
  }

  #attempt<T>(action: () => T): T {
    try {
      return action()
    } catch (error) {
      if (error instanceof TransferError) throw error
      throw fromErrno(error, 'the temporary file of a slow upload', 'on the server')
    }
  }
}

function writeAll(fd: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; )
    done += fs.writeSync(fd, bytes, done, bytes.length - done, position + done)
}

/** @throws TransferError `io` if the file ends too early */
function readAll(fd: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) {
    const count = fs.readSync(fd, bytes, done, bytes.length - done, position + done)
    if (count === 0) throw new TransferError('io', 'the bytes of a slow payload are missing')
    done += count
  }
}
