import { fromErrno, LIMITS, TransferError } from '@ftp/protocol'
import type { Lane } from '../connections.ts'
import type { Job } from '../job.ts'
import type { Reporter, Told } from '../progress/reporter.ts'
import type { Session } from '../session.ts'
import type { TransferListener } from '../transfer/listener.ts'
import type { Moved } from '../transfer/moved.ts'
import { Window } from '../window.ts'
import type { Context } from './context.ts'
import { Effort } from './effort.ts'
import { isSmall, JobQueue } from './job-queue.ts'
import { Tally } from './tally.ts'

/** What a command finds to do: a file, or why it is none. */
export type Found =
  | { readonly job: Job }
  | { readonly failure: TransferError }
  /** Nothing to do, but to be told. */
  | { readonly told: Told }

/** What a command that moves files has to do. */
export interface Work {
  /** Finds them, many at a time, while others are being moved. */
  find(): AsyncIterable<readonly Found[]>
  /**
   * What is left to do when all are moved. Not called when the server is lost or the user has had enough.
   * @param hasFailed whether something has
   */
  finish(hasFailed: boolean): AsyncIterable<readonly Found[]>
}

/** Requests on their way on one connection: less than a server must accept, for what is asked besides. */
const REQUESTS = LIMITS.requests * 0.75
const REQUEST_BYTES = LIMITS.requestBytes * 0.75

/**
 * Moves files while they are found. One that fails is told; the others go on.
 * @param atOnce connections that share the work: each moves one large file, or many small ones, at a time
 * @param interrupt its abort makes the command an interrupted one
 * @returns the exit code
 */
export async function runTransfers(
  context: Context,
  session: Session,
  reporter: Reporter,
  work: Work,
  atOnce: number,
  interrupt: AbortSignal = session.signal,
): Promise<number> {
  const tally = new Tally()
  const queue = new JobQueue()
  const running = new Transfers(session, reporter, queue, tally)
  const lanes = Array.from({ length: atOnce }, (_, index) => running.lane(index === 0))
  await Promise.all([collect(context, work.find(), reporter, queue, tally), ...lanes])
  if (!session.signal.aborted && !tally.isLost) {
    await collect(context, work.finish(tally.hasFailed), reporter, queue, tally)
  }
  const summary = tally.summary(interrupt)
  reporter.summary(summary)
  return summary.exitCode
}

async function collect(
  context: Context,
  found: AsyncIterable<readonly Found[]>,
  reporter: Reporter,
  queue: JobQueue,
  tally: Tally,
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
        else reporter.tell(one.told)
      }
      await queue.room()
    }
  } catch (error) {
    if (!context.signal.aborted) fail(fromErrno(error))
  } finally {
    reporter.foundAll()
    queue.end()
  }
}

class Transfers {
  readonly #session: Session
  readonly #reporter: Reporter
  readonly #queue: JobQueue
  readonly #tally: Tally
  /** Of the connection, and told: once for each outage, however many files and attempts it concerns. */
  #isOut = false

  constructor(session: Session, reporter: Reporter, queue: JobQueue, tally: Tally) {
    this.#session = session
    this.#reporter = reporter
    this.#queue = queue
    this.#tally = tally
  }

  /** Works on one connection until nothing is left to do. */
  async lane(smallFirst: boolean): Promise<void> {
    const { signal } = this.#session
    using lane = this.#session.lane()
    const window = new Window(REQUESTS, REQUEST_BYTES)
    for (;;) {
      const job = this.#queue.take(smallFirst) ?? (await this.#queue.next(smallFirst))
      if (job === undefined) break
      const bytes = job.size ?? 0
      const room = isSmall(job) ? window.enter(bytes) : window.empty()
      if (room !== undefined) await room
      if (signal.aborted) {
        this.#tally.failed(TransferError.from(signal.reason), 1 + this.#queue.clear())
        break
      }
      const moving = this.#move(job, lane)
      if (isSmall(job)) void moving.then(() => window.leave(bytes))
      else await moving
    }
    await window.empty()
  }

  /** Never rejects. */
  async #move(job: Job, lane: Lane): Promise<void> {
    const effort = new Effort(this.#reporter.file(job.name, job.to, job.size), () => {
      this.#isOut = false
    })
    try {
      const result =
        (await this.#moveAtOnce(job, lane, effort)) ?? (await this.#moveAtLength(job, lane, effort))
      this.#tally.ended(result, effort.ended(result))
    } catch (error) {
      const failure = fromErrno(error)
      this.#tally.failed(failure)
      effort.failed(failure)
      // Whoever comes next would wait as long and in vain.
      if (failure.advice === 'resume') this.#tally.failed(failure, this.#queue.clear())
    }
  }

  /** @returns undefined when it has to be moved in the other way */
  async #moveAtOnce(job: Job, lane: Lane, listener: TransferListener): Promise<Moved | undefined> {
    if (job.moveAtOnce === undefined) return undefined
    try {
      const moved = await job.moveAtOnce(lane.opened ?? (await lane.take()))
      if (moved?.outcome === 'done') listener.moved(moved.bytes)
      return moved
    } catch (error) {
      const failure = fromErrno(error)
      if (failure.advice !== 'stop' || failure.code === 'checksum' || failure.code === 'protocol')
        return undefined
      throw failure
    }
  }

  /** In as many attempts as it takes. */
  async #moveAtLength(job: Job, lane: Lane, effort: Effort): Promise<Moved> {
    const run = this.#session.runner((failure, delayMs) => {
      if (!this.#isOut) effort.retrying(failure, delayMs)
      this.#isOut = true
    }, lane)
    return await job.move(run, effort)
  }
}
