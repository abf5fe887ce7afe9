import { hasCode } from '../transfer/errors.ts'
import { Waker } from './backoff.ts'
import { FolderMaker } from './folder-maker.ts'
import { copyName } from './free-name.ts'
import { type Batch, discard, type Job } from './job.ts'
import type { QueueOptions } from './queue-options.ts'
import { sendUpload } from './send-upload.ts'
import { Speed } from './speed.ts'
import { type ChosenItem, type ClashChoice, reasonOf, Upload, type UploadState } from './upload.ts'

/** How many files are sent at a time: enough to keep the line busy with small ones. */
const MOST_RUNNING = 4

/** The uploads of this page: some run, the others wait for their turn. It shows nothing. */
export class UploadQueue {
  readonly speed = new Speed()
  readonly #options: QueueOptions
  readonly #jobs = new Map<Upload, Job>()
  readonly #waiting = new Set<Upload>()
  readonly #running = new Set<Upload>()
  #isLoginNeeded = false
  /** Counts logins: a refusal that was sent before the last one is out of date. */
  #logins = 0
  readonly #waker = new Waker()

  constructor(options: QueueOptions) {
    this.#options = options
  }

  /** All uploads, in the order in which they were chosen. */
  get uploads(): Iterable<Upload> {
    return this.#jobs.keys()
  }

  /** Whether an upload is one of these. @param url at which it continues */
  has(url: string): boolean {
    return [...this.#jobs.values()].some(({ transfer }) => transfer?.url === url)
  }

  /** Whether leaving the page would interrupt something. */
  get isBusy(): boolean {
    return [...this.uploads].some((upload) => !upload.isOver)
  }

  /** @param base the folder into which everything is put, which exists */
  add(items: readonly ChosenItem[], base: readonly string[]): void {
    const { client, isGuest = false } = this.#options
    const batch: Batch = { folders: new FolderMaker(client, base), choice: undefined }
    for (const item of items) {
      const upload = new Upload(item, base, isGuest ? 'any' : 'fail')
      this.#jobs.set(upload, { batch, transfer: undefined, stop: undefined, copy: 1, isCancelled: false })
      this.#waiting.add(upload)
    }
    this.#fill()
  }

  pause(uploads: Iterable<Upload> = this.uploads): void {
    for (const upload of uploads)
      if (!upload.isOver && upload.state.type !== 'clashing') this.#halt(upload, { type: 'paused' })
    this.#fill()
  }

  /** Goes on with what was paused, and tries again what has failed. */
  resume(uploads: Iterable<Upload> = this.uploads): void {
    for (const upload of uploads)
      if (upload.state.type === 'paused' || upload.state.type === 'failed') this.#wait(upload)
    this.wake()
    this.#fill()
  }

  /** Gives uploads up, and removes what the server has of them. */
  cancel(uploads: Iterable<Upload>): void {
    for (const upload of [...uploads]) {
      const job = this.#jobs.get(upload)
      if (job === undefined) continue
      job.isCancelled = true
      this.#halt(upload, { type: 'skipped' })
      this.#jobs.delete(upload)
      if (!this.#running.has(upload)) discard(job)
    }
    this.#fill()
  }

  /** Forgets the uploads that are over. */
  clear(): void {
    for (const upload of this.uploads) if (upload.isOver) this.#jobs.delete(upload)
    this.#options.onChange()
  }

  /** Forgets everything, and leaves on the server what it has. */
  forget(): void {
    for (const upload of [...this.uploads]) this.#halt(upload, { type: 'skipped' })
    this.#jobs.clear()
    this.#options.onChange()
  }

  /** Decides what happens to every upload whose name exists, also to those whose turn comes later. */
  decide(choice: ClashChoice): void {
    for (const [upload, job] of this.#jobs) {
      if (upload.state.type !== 'clashing') continue
      job.batch.choice = choice
      this.#apply(choice, upload, job)
    }
    this.#fill()
  }

  /** Ends all waits for the server, because it may be there again. */
  wake(): void {
    this.#waker.wake()
  }

  /** Somebody has logged in again. */
  loggedIn(): void {
    this.#isLoginNeeded = false
    this.#logins++
    this.#fill()
  }

  #fill(): void {
    for (const upload of this.#waiting) {
      if (this.#isLoginNeeded || this.#running.size >= MOST_RUNNING) break
      const job = this.#jobs.get(upload)
      if (this.#running.has(upload)) continue
      this.#waiting.delete(upload)
      if (job !== undefined) void this.#run(upload, job)
    }
    this.#options.onChange()
  }

  /** Never rejects. */
  async #run(upload: Upload, job: Job): Promise<void> {
    this.#running.add(upload)
    job.stop = new AbortController()
    const { signal } = job.stop
    const login = this.#logins
    this.#become(upload, { type: 'sending' })
    try {
      await sendUpload({
        ...this.#options,
        ...{ upload, job, signal, speed: this.speed, waker: this.#waker },
        onState: (state) => this.#become(upload, state),
        onProgress: this.#options.onChange,
      })
      this.#become(upload, { type: 'done' })
      this.#options.onStored?.(upload.path.slice(0, -1), upload.base)
    } catch (error) {
      if (signal.aborted) {
        // Whoever has stopped it has said what becomes of it.
      } else if (hasCode(error, 'login')) this.#needLogin(upload, login, error)
      else this.#failed(upload, job, error)
    }
    this.#running.delete(upload)
    if (job.isCancelled) discard(job)
    this.#fill()
  }

  #needLogin(upload: Upload, login: number, error: unknown): void {
    this.#wait(upload)
    if (this.#isLoginNeeded || login !== this.#logins) return
    this.#isLoginNeeded = true
    this.#options.onLoginNeeded?.(error)
  }

  #failed(upload: Upload, job: Job, error: unknown): void {
    if (hasCode(error, 'exists') && upload.ifExists === 'fail') this.#clash(upload, job)
    else this.#become(upload, { type: 'failed', reason: reasonOf(error) })
  }

  #clash(upload: Upload, job: Job): void {
    // What an upload may replace is decided when it begins.
    discard(job)
    const { choice } = job.batch
    if (choice === undefined) this.#become(upload, { type: 'clashing' })
    else this.#apply(choice, upload, job)
  }

  #apply(choice: ClashChoice, upload: Upload, job: Job): void {
    switch (choice) {
      case 'skip':
        return this.#become(upload, { type: 'skipped' })
      case 'replace':
        upload.ifExists = 'replace'
        return this.#wait(upload)
      case 'keep-both':
        upload.name = copyName(upload.item.file?.name ?? '', ++job.copy)
        return this.#wait(upload)
      default:
        choice satisfies never
    }
  }

  #wait(upload: Upload): void {
    this.#waiting.add(upload)
    this.#become(upload, { type: 'waiting' })
  }

  #halt(upload: Upload, state: UploadState): void {
    this.#waiting.delete(upload)
    this.#become(upload, state)
    this.#jobs.get(upload)?.stop?.abort()
  }

  #become(upload: Upload, state: UploadState): void {
    upload.state = state
    this.#options.onChange()
  }
}
