import { Kernel } from '@ftp/md5/kernel'
import type { Server } from '@ftp/server'
import { type BlobHasher, hashBlob } from '../../apps/web/src/upload/hashing/hash-blob.ts'
import type { QueueOptions } from '../../apps/web/src/upload/queue/queue-options.ts'
import type { Upload } from '../../apps/web/src/upload/queue/upload.ts'
import { UploadQueue } from '../../apps/web/src/upload/queue/upload-queue.ts'
import { type Send, UploadClient } from '../../apps/web/src/upload/transfer/upload-client.ts'
import { PASSWORD } from './accounts.ts'

const kernel = new Kernel()

/** Hashes in this thread. */
export const hasher: BlobHasher = { hash: async (request) => await hashBlob(kernel, request) }

/** What stands between the page and the server. */
export interface Line {
  /** The server that answers now. */
  server: Server
  /** Sees each request, and may send another one. */
  intercept: (target: string, init: RequestInit, send: Send) => Promise<Response>
}

export function lineTo(server: Server): Line {
  return { server, intercept: async (target, init, send) => await send(target, init) }
}

/** The uploads of a page, outside a browser. */
export class PageUploads {
  readonly queue: UploadQueue
  readonly #changes = new EventTarget()

  constructor(
    line: Line,
    options: Partial<QueueOptions> & { readonly user?: string; readonly base?: string } = {},
  ) {
    const { user = 'anna', base, ...rest } = options
    const authorization = `Basic ${Buffer.from(`${user}:${PASSWORD}`).toString('base64')}`
    const send: Send = async (target, init) => {
      const headers = new Headers(init.headers)
      headers.set('authorization', authorization)
      const { host, port } = line.server
      return await fetch(`http://${host}:${port}${target}`, { ...init, headers })
    }
    this.queue = new UploadQueue({
      client: new UploadClient((target, init) => line.intercept(target, init, send), base),
      hasher,
      onChange: () => this.#changes.dispatchEvent(new Event('change')),
      ...rest,
    })
  }

  /** Adds files without folders. */
  add(...files: readonly File[]): void {
    this.queue.add(
      files.map((file) => ({ folder: [], file })),
      [],
    )
  }

  /** Waits until this holds for the uploads. */
  async until(holds: (uploads: readonly Upload[]) => boolean): Promise<readonly Upload[]> {
    for (;;) {
      const uploads = [...this.queue.uploads]
      if (holds(uploads)) return uploads
      await new Promise((resolve) => this.#changes.addEventListener('change', resolve, { once: true }))
    }
  }

  /** Waits until nothing happens any more. @returns the state of each upload */
  async untilOver(): Promise<readonly string[]> {
    const uploads = await this.until((all) => all.every(({ isOver }) => isOver))
    return uploads.map(({ state }) => (state.type === 'failed' ? state.reason.code : state.type))
  }
}
