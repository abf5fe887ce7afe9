import { BLOCK_SIZE } from '@ftp/md5/chain'
import { fromErrno, LIMITS, TransferError } from '@ftp/protocol'
import { InFlightLimit } from '../session/in-flight-limit.ts'
import type { Session } from '../session/session.ts'
import type { SharedConnection } from '../session/shared-connection.ts'
import type { BatchItemResult } from '../transfer/batch.ts'
import type { TransferResult } from '../transfer/result.ts'
import type { Job } from './job.ts'
import { batchOf, isSmall, JobQueue } from './job-queue.ts'
import type { Notice, Reporter, SyncCounts, TransferSummary } from './reporter.ts'
import { SummaryCounter } from './summary-counter.ts'
import { TrackedFile } from './tracked-file.ts'

/** One finding of a source: a file to move, or the reason why something cannot be moved. */
export type SourceItem =
  | { readonly job: Job }
  | { readonly failure: TransferError; readonly name?: string }
  /** Nothing to do, but worth a line of output. */
  | { readonly notice: Notice }

/** A source of files to move. */
export interface JobSource {
  /**
   * The source goes on until the session's signal is aborted. Neither that abort nor the loss of the server
   * counts as its failure.
   */
  readonly isEndless?: boolean
  /** Finds files, many at a time, while others are being moved. */
  find(): AsyncIterable<readonly SourceItem[]>
  /**
   * Finds what can be moved only when all files that {@link find} has found have been moved. Not called if the
   * server is lost or the signal is aborted.
   * @param hasFailed whether anything has failed
   */
  findLater?(hasFailed: boolean): AsyncIterable<readonly SourceItem[]>
  /** Read at the very end, for the summary. */
  readonly counts?: SyncCounts
  /**
   * Does what is left to do when all files have been moved. Not called if the server is lost or the signal is
   * aborted.
   * @param hasFailed whether anything has failed
   */
  finish(hasFailed: boolean): AsyncIterable<readonly SourceItem[]>
}

export interface RunOptions {
  readonly reporter: Reporter
  /** How many connections share the work. Each moves one large file, or several smaller ones, at a time. */
  readonly jobs: number
}

/**
 * How many files may be in flight on one connection: enough to fill a round trip. Each may take a request of
 * its own.
 */
const FILES = LIMITS.requests * 0.75
const REQUEST_BYTES = LIMITS.requestBytes * 0.75
/**
 * How many files of medium size are under way on all connections together, because so many chains are hashed side by
 * side. While one file of a connection is being moved, the server already knows the next, and the client hashes it.
 */
const MEDIUM_FILES = 8
/** The size of the largest file that others are asked for behind, in bytes. A larger one has its connection to itself. */
const MEDIUM = 64 * BLOCK_SIZE

/**
 * Moves files while they are being found. A failure is reported, and the other files go on.
 * @returns how all of it ended, even if the session's signal was aborted
 */
export async function runJobs(
  session: Session,
  source: JobSource,
  { reporter, jobs }: RunOptions,
): Promise<TransferSummary> {
  const scheduler = new Scheduler(session, reporter, source.isEndless ?? false)
  await scheduler.run(source.find(), jobs)
  const later = scheduler.mayFinish ? source.findLater?.(scheduler.counter.hasFailed) : undefined
  if (later !== undefined) await scheduler.run(later, jobs)
  if (scheduler.mayFinish) await scheduler.collect(source.finish(scheduler.counter.hasFailed))
  const counted = scheduler.counter.summary(source.isEndless ? undefined : session.signal)
  const { counts } = source
  const summary = counts === undefined ? counted : { ...counted, sync: counts }
  reporter.summary(summary)
  return summary
}

class Scheduler {
  readonly counter = new SummaryCounter()
  readonly #session: Session
  readonly #reporter: Reporter
  readonly #isEndless: boolean
  #queue = new JobQueue()
  /**
   * Whether the loss of the connection has been reported: once for each outage, however many files it stops.
   */
  #isOutageReported = false

  constructor(session: Session, reporter: Reporter, isEndless: boolean) {
    this.#session = session
    this.#reporter = reporter
    this.#isEndless = isEndless
  }

  get mayFinish(): boolean {
    return !this.#session.signal.aborted && !this.counter.isLost
  }

  /** Moves files over several connections while they are being found. Never rejects. */
  async run(items: AsyncIterable<readonly SourceItem[]>, jobs: number): Promise<void> {
    this.#queue = new JobQueue()
    const medium = Math.max(1, Math.floor(MEDIUM_FILES / jobs))
    const workers = Array.from({ length: jobs }, (_, index) => this.work(index === 0, medium))
    await Promise.all([this.collect(items), ...workers])
  }

  /** Queues the findings of a source, no faster than files are moved. Never rejects. */
  async collect(items: AsyncIterable<readonly SourceItem[]>): Promise<void> {
    const fail = (failure: TransferError, name?: string): void => {
      this.counter.failed(failure)
      this.#reporter.failed(failure, name)
    }
    try {
      for await (const some of items) {
        for (const one of some) {
          if ('job' in one) {
            this.#reporter.found(one.job.size)
            this.#queue.add(one.job)
          } else if ('failure' in one) fail(one.failure, one.name)
          else this.#reporter.notice(one.notice)
        }
        await this.#queue.waitForRoom()
        // Nothing that is still to be found would be moved.
        if (!this.#isEndless && !this.mayFinish) break
      }
    } catch (error) {
      if (!this.#session.signal.aborted) fail(fromErrno(error))
    } finally {
      this.#reporter.foundAll()
      this.#queue.end()
    }
  }

  /**
   * Moves files over one connection until none is left.
   * @param mediumFiles how many files of medium size may be under way at a time
   */
  async work(smallFirst: boolean, mediumFiles: number): Promise<void> {
    using connection = this.#session.shareConnection()
    const small = new InFlightLimit(FILES, REQUEST_BYTES)
    const medium = new InFlightLimit(mediumFiles, Number.POSITIVE_INFINITY)
    for (;;) {
      // A file that is taken before there is room for it would wait here while another connection has nothing to do.
      await medium.available()
      const first = this.#queue.take(smallFirst) ?? (await this.#queue.next(smallFirst))
      if (first === undefined) break
      const jobs = this.#queue.takeWith(first)
      const bytes = jobs.reduce((sum, { size = 0 }) => sum + size, 0)
      // Small files are sent with their requests, which must not wait in the server's memory behind a larger file.
      if (isSmall(first)) {
        await medium.empty()
        void this.#moveWithin(jobs, connection, await small.enter(bytes, jobs.length))
      } else {
        await small.empty()
        if (bytes > MEDIUM || first.size === undefined) {
          await medium.empty()
          await this.#move(jobs, connection)
        } else void this.#moveWithin(jobs, connection, await medium.enter(0))
      }
    }
    await small.empty()
    await medium.empty()
  }

  /** @param room the capacity that the files take, free again when they have been moved */
  async #moveWithin(jobs: readonly Job[], connection: SharedConnection, room: Disposable): Promise<void> {
    using _room = room
    await this.#move(jobs, connection)
  }

  /** Moves the files of one batch in one request, then moves one by one those that remain. Never rejects. */
  async #move(jobs: readonly Job[], connection: SharedConnection): Promise<void> {
    const { signal } = this.#session
    if (signal.aborted) return this.#drop(TransferError.from(signal.reason), jobs.length)
    const files = jobs.map(
      ({ name, to, size, label = name }) =>
        new TrackedFile(this.#reporter.file(label, to, size), () => {
          this.#isOutageReported = false
        }),
    )
    const ended = await moveBatch(jobs, connection)
    const rest = jobs.map((job, index) => {
      const [file, end] = [files[index], ended[index]]
      if (file === undefined) return undefined
      if (end === undefined) return this.#moveAlone(job, connection, file)
      if (!(end instanceof TransferError) && end.outcome === 'done') file.moved(end.bytes)
      this.#end(job, file, end)
      return undefined
    })
    await Promise.all(rest)
  }

  /** Moves one file, in as many attempts as it takes. Never rejects. */
  async #moveAlone(job: Job, connection: SharedConnection, file: TrackedFile): Promise<void> {
    const onRetry = (failure: TransferError, delayMs: number): void => {
      if (!this.#isOutageReported) file.retrying(failure, delayMs)
      this.#isOutageReported = true
    }
    try {
      this.#end(job, file, await job.move(this.#session.with({ connection, onRetry }), file))
    } catch (error) {
      this.#end(job, file, fromErrno(error))
    }
  }

  #end(job: Job, file: TrackedFile, end: TransferResult | TransferError): void {
    if (job.failedBefore !== undefined) this.counter.forgive(job.failedBefore)
    if (job.ended?.(end) === false) file.dropped()
    else if (end instanceof TransferError) {
      this.counter.failed(end)
      file.failed(end)
      // Any other file would wait as long, and in vain.
      if (end.advice === 'resume') this.#drop(end)
    } else this.counter.ended(end, file.ended(end))
  }

  /**
   * Drops every file that still waits. @param taken how many more are dropped, because they have left the
   * queue
   */
  #drop(failure: TransferError, taken = 0): void {
    if (!this.#isEndless) this.counter.failed(failure, taken + this.#queue.clear())
  }
}

/** Never rejects. @returns the result of each file; undefined if the file has to be moved alone */
async function moveBatch(
  jobs: readonly Job[],
  connection: SharedConnection,
): Promise<readonly BatchItemResult[]> {
  const [first] = jobs
  const batch = first && batchOf(first)
  if (batch === undefined) return []
  try {
    return await batch.move(connection.opened ?? (await connection.get()), jobs)
  } catch {
    // Whatever the failure is, each file will meet it when it is moved alone.
    return []
  }
}
