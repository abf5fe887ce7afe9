import type { UploadClient } from '../transfer/upload-client.ts'

/** Makes the folders that dropped files need, each of them once. */
export class FolderMaker {
  readonly #client: UploadClient
  /** The folder in which everything is put, which exists. */
  readonly #base: readonly string[]
  readonly #made = new Map<string, Promise<void>>()

  constructor(client: UploadClient, base: readonly string[]) {
    this.#client = client
    this.#base = base
  }

  /** Makes a folder below the base, with those above it. After a failure, the next call tries again. */
  async make(folder: readonly string[], signal: AbortSignal): Promise<void> {
    if (folder.length === 0) return
    const key = folder.join('/')
    const made = this.#made.get(key) ?? this.#makeNew(folder, signal)
    this.#made.set(key, made)
    try {
      await made
    } catch (error) {
      this.#made.delete(key)
      // Whoever asked first has been stopped; this one has not.
      if (!signal.aborted && isAbort(error)) return await this.make(folder, signal)
      throw error
    }
  }

  async #makeNew(folder: readonly string[], signal: AbortSignal): Promise<void> {
    await this.make(folder.slice(0, -1), signal)
    await this.#client.makeFolder([...this.#base, ...folder], signal)
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError'
}
