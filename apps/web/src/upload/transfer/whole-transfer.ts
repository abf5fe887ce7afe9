import { CHAIN_START } from '@ftp/md5/chain'
import type { Transfer, TransferOptions } from './transfer.ts'

/** The transfer of a small file, in one request. */
export class WholeTransfer implements Transfer {
  readonly url = undefined
  readonly #options: TransferOptions

  constructor(options: TransferOptions) {
    this.#options = options
  }

  async run(signal: AbortSignal): Promise<void> {
    const { client, hasher, file, path, ifExists, listener } = this.#options
    const { md5 } = await hasher.hash({ part: file, start: CHAIN_START, fileSize: file.size })
    if (md5 === undefined) throw new TypeError('a whole file has an MD5')
    await client.store(path, { body: file, md5, ifExists }, signal)
    listener.onAnswer()
    listener.onProgress(file.size)
  }

  /** The server keeps nothing of an attempt that fails. */
  async discard(): Promise<void> {}
}
