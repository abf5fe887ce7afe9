import fs from 'node:fs'
import path from 'node:path'
import { whileInUseNow } from '@ftp/files/busy'
import { errnoOf, fromErrno, TransferError } from '@ftp/protocol'
import * as v from 'valibot'
import { lock } from '../lock.ts'

/** How long to wait for other processes that are changing the file, in milliseconds; each takes a few. */
const WAIT_MS = 5_000

export interface ConfigFileOptions<T> {
  readonly schema: v.GenericSchema<unknown, T>
  /** The value to use if the file does not exist. */
  readonly empty: T
  /** What removing the file would forget, in words for people. */
  readonly holds: string
  /** If true, nobody else may be able to read the file. */
  readonly secret?: boolean
}

/** A file in the client's configuration folder. It is read as a whole and replaced as a whole. */
export class ConfigFile<T> {
  readonly path: string
  readonly #options: ConfigFileOptions<T>

  constructor(path: string, options: ConfigFileOptions<T>) {
    this.path = path
    this.#options = options
  }

  /** @throws TransferError `config` if the file is damaged, or if it is secret and others can read it */
  read(): T {
    const { schema, empty, secret } = this.#options
    try {
      const text = fs.readFileSync(this.path, 'utf8')
      if (secret && process.platform !== 'win32' && (fs.statSync(this.path).mode & 0o077) !== 0)
        throw this.#refusal('can be read by others; run chmod 600 on it')
      return v.parse(schema, JSON.parse(text))
    } catch (error) {
      if (error instanceof TransferError) throw error
      if (errnoOf(error) === 'ENOENT') return empty
      if (errnoOf(error) !== undefined) throw fromErrno(error, `"${this.path}"`)
      throw this.#refusal('is damaged; mend it', error)
    }
  }

  /**
   * Replaces the value with the one that `change` makes of it. No other process changes the file meanwhile.
   * @throws TransferError what {@link read} and `change` throw; `taken_over` if others keep changing the
   * file; otherwise the code for the reason that it cannot be written
   */
  update(change: (value: T) => T): void {
    using _ = this.#writable(() => {
      fs.mkdirSync(path.dirname(this.path), { recursive: true, mode: 0o700 })
      return lock(`${this.path}.lock`, WAIT_MS)
    })
    const value = change(this.read())
    this.#writable(() => this.#replace(value))
  }

  #replace(value: T): void {
    const fresh = `${this.path}.${process.pid}`
    fs.rmSync(fresh, { force: true })
    fs.writeFileSync(fresh, `${JSON.stringify(value, null, 2)}\n`, { flag: 'wx', mode: 0o600, flush: true })
    whileInUseNow(() => fs.renameSync(fresh, this.path))
  }

  #writable<R>(write: () => R): R {
    try {
      return write()
    } catch (error) {
      if (error instanceof TransferError && error.code === 'taken_over')
        throw new TransferError('taken_over', `others keep changing "${this.path}"; try again`, {
          cause: error,
        })
      // The message names this file, not the one that locks it.
      const reason = error instanceof TransferError ? (error.cause ?? error) : error
      const { code, message } = fromErrno(reason, `"${this.path}"`)
      const text = `${message}; choose a folder that can be written with --config or FTP_CLIENT_CONFIG`
      throw new TransferError(code, text, { cause: error })
    }
  }

  #refusal(what: string, cause?: unknown): TransferError {
    const text = `"${this.path}" ${what}, or remove it to forget ${this.#options.holds}`
    return new TransferError('config', text, { cause })
  }
}
