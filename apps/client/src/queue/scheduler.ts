import { fromErrno, LIMITS, TransferError } from '@ftp/protocol'
import type { SharedConnection } from '../session/connection-pool.ts'
import { InFlightLimit } from '../session/in-flight-limit.ts'
import type { Session } from '../session/session.ts'
import type { BatchItemResult } from '../transfer/batch.ts'
import type { Job } from './job.ts'
import { batchOf, isSmall, JobQueue } from './job-queue.ts'
import type { Notice, Reporter, TransferSummary } from './reporter.ts'
import { SummaryCounter } from './summary-counter.ts'
import { TrackedFile } from './tracked-file.ts'

/** What a command finds to do: a file, or why it is none. */
export type SourceItem =
  | { readonly job: Job }
  | { readonly failure: TransferError }
  /** Nothing to do, but worth a line. */
  | { readonly notice: Notice }

/** What a command that moves files has to do. */
export interface JobSource {
  /** Finds them, many at a time, while others are being moved. */
  find(): AsyncIterable<readonly SourceItem[]>
  /**
   * What is left to do when all are moved. Not called when the server is lost or the user has had enough.
   * @param hasFailed whether something has
   */
  finish(hasFailed: boolean): AsyncIterable<readonly SourceItem[]>
}

/** Files on their way on one connection: enough to fill a round trip. Each may take a request of its own. */
const FILES = LIMITS.requests * 0.75
const REQUEST_BYTES = LIMITS.requestBytes * 0.75

/**
 * Moves files while they are found. A failure is reported; the other files go on.
 * @param atOnce connections that share the work: each moves one large file, or many small ones, at a time
 * @param interrupt its abort makes the command an interrupted one
 * @returns how it ended
 */
export async function runTransfers(
  session: Session,
  reporter: Reporter,
  work: JobSource,
  atOnce: number,
  interrupt: AbortSignal = session.signal,
): Promise<TransferSummary> {
  const tally = new SummaryCounter()
  const queue = new JobQueue()
  const running = new Transfers(session, reporter, queue, tally)
  const lanes = Array.from({ length: atOnce }, (_, index) => running.lane(index === 0))
  await Promise.all([collect(session.signal, work.find(), reporter, queue, tally), ...lanes])
  if (!session.signal.aborted && !tally.isLost) {
    await collect(session.signal, work.finish(tally.hasFailed), reporter, queue, tally)
  }
  const summary = tally.summary(interrupt)
  reporter.summary(summary)
  return summary
}

async function collect(
  signal: AbortSignal,
  found: AsyncIterable<readonly SourceItem[]>,
  reporter: Reporter,
  queue: JobQueue,
  tally: SummaryCounter,
): Promise<void> {
  const fail = (failure: TransferError): void => {
    tally.failed(failure)
    reporter.failed(failure)
  }
  try {
    for await (const some of found) {
      for (const one of some) {
        if ('job' in one) {
          reporter.found(one.job.size)
          queue.add(one.job)
        } else if ('failure' in one) fail(one.failure)
        else reporter.notice(one.notice)
      }
      await queue.waitForRoom()
    }
  } catch (error) {
    if (!signal.aborted) fail(fromErrno(error))
  } finally {
    reporter.foundAll()
    queue.end()
  }
}

class Transfers {
  readonly #session: Session
  readonly #reporter: Reporter
  readonly #queue: JobQueue
  readonly #tally: SummaryCounter
  /** Whether the connection is lost and somebody has heard so: once for each outage, however many files it stops. */
  #isOutageReported = false

  constructor(session: Session, reporter: Reporter, queue: JobQueue, tally: SummaryCounter) {
    this.#session = session
    this.#reporter = reporter
    this.#queue = queue
    this.#tally = tally
  }

  /** Works on one connection until nothing is left to do. */
  async lane(smallFirst: boolean): Promise<void> {
    using lane = this.#session.lane()
    const inFlight = new InFlightLimit(FILES, REQUEST_BYTES)
    for (;;) {
      const first = this.#queue.take(smallFirst) ?? (await this.#queue.next(smallFirst))
      if (first === undefined) break
      const jobs = this.#queue.takeWith(first)
      const bytes = jobs.reduce((sum, { size = 0 }) => sum + size, 0)
      if (isSmall(first)) void this.#moveSmall(jobs, lane, await inFlight.enter(bytes, jobs.length))
      else {
        await inFlight.empty()
        await this.#move(jobs, lane)
      }
    }
    await inFlight.empty()
  }

  /** @param room what they take of the limit, free again when they are moved */
  async #moveSmall(jobs: readonly Job[], lane: SharedConnection, room: Disposable): Promise<void> {
    using _room = room
    await this.#move(jobs, lane)
  }

  /** Moves the files of one batch in one request, and what remains of them alone. Never rejects. */
  async #move(jobs: readonly Job[], lane: SharedConnection): Promise<void> {
    const { signal } = this.#session
    if (signal.aborted)
      return this.#tally.failed(TransferError.from(signal.reason), jobs.length + this.#queue.clear())
    const efforts = jobs.map(
      ({ name, to, size }) =>
        new TrackedFile(this.#reporter.file(name, to, size), () => {
          this.#isOutageReported = false
        }),
    )
    const ended = await moveBatch(jobs, lane)
    const rest = jobs.map((job, index) => {
      const [effort, end] = [efforts[index], ended[index]]
      if (effort === undefined) return undefined
      if (end === undefined) return this.#moveAlone(job, lane, effort)
      if (end instanceof TransferError) this.#fail(effort, end)
      else {
        if (end.outcome === 'done') effort.moved(end.bytes)
        this.#tally.ended(end, effort.ended(end))
      }
      return undefined
    })
    await Promise.all(rest)
  }

  /** In as many attempts as it takes. Never rejects. */
  async #moveAlone(job: Job, lane: SharedConnection, effort: TrackedFile): Promise<void> {
    const run = this.#session.runner((failure, delayMs) => {
      if (!this.#isOutageReported) effort.retrying(failure, delayMs)
      this.#isOutageReported = true
    }, lane)
    try {
      const result = await job.move(run, effort)
      this.#tally.ended(result, effort.ended(result))
    } catch (error) {
      this.#fail(effort, fromErrno(error))
    }
  }

  #fail(effort: TrackedFile, failure: TransferError): void {
    this.#tally.failed(failure)
    effort.failed(failure)
    // Whoever comes next would wait as long and in vain.
    if (failure.advice === 'resume') this.#tally.failed(failure, this.#queue.clear())
  }
}

/** Never rejects. @returns for each; undefined where it has to be moved alone */
async function moveBatch(jobs: readonly Job[], lane: SharedConnection): Promise<readonly BatchItemResult[]> {
  const [first] = jobs
  const batch = first && batchOf(first)
  if (batch === undefined) return []
  try {
    return await batch.move(lane.opened ?? (await lane.take()), jobs)
  } catch {
    // Whatever it is, each learns it alone.
    return []
  }
}
