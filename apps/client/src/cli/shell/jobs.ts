import { addAbortListener } from 'node:events'
import { TransferError } from '@ftp/protocol'
import { Total } from '../progress/total.ts'
import { formatBytes } from '../text/format.ts'

interface BackgroundJob {
  readonly number: number
  readonly line: string
  readonly stop: AbortController
  readonly end: Promise<void>
  readonly total: Total
  exitCode: number | undefined
  output: string
}

/** The surroundings of a background job. */
export interface JobContext {
  readonly signal: AbortSignal
  readonly write: (text: string) => void
  readonly total: Total
}

/** Commands that run in the background while others are typed. */
export class Jobs {
  readonly #jobs: BackgroundJob[] = []
  #last = 0

  get running(): number {
    return this.#jobs.filter(({ exitCode }) => exitCode === undefined).length
  }

  /**
   * Starts a command in the background.
   * @param run resolves to the exit code
   * @returns the message to show
   */
  start(line: string, run: (jobContext: JobContext) => Promise<number>): string {
    const stop = new AbortController()
    const total = new Total()
    let output = ''
    const write = (text: string): void => {
      output += text
    }
    const job: BackgroundJob = {
      number: ++this.#last,
      line,
      stop,
      total,
      exitCode: undefined,
      output: '',
      end: run({ signal: stop.signal, write, total }).then((exitCode) => {
        job.exitCode = exitCode
        job.output = output
      }),
    }
    this.#jobs.push(job)
    return `[${job.number}] ${line}`
  }

  /** A line for each running job. */
  list(): string[] {
    const running = this.#jobs.filter(({ exitCode }) => exitCode === undefined)
    return running.map(({ number, line, total }) => `[${number}] ${progressText(total)}  ${line}`)
  }

  /** The jobs that have ended since the last call, with their output. */
  takeEnded(): string[] {
    const ended = this.#jobs.filter(({ exitCode }) => exitCode !== undefined)
    for (const job of ended) this.#jobs.splice(this.#jobs.indexOf(job), 1)
    return ended.map(({ number, line, exitCode, output }) =>
      `[${number}] ${stateOf(exitCode)}  ${line}\n${output}`.trimEnd(),
    )
  }

  /**
   * Waits for a job or, without a number, for all.
   * @returns the highest exit code
   */
  async wait(number: number | undefined, signal: AbortSignal): Promise<number> {
    const jobs = this.#named(number)
    const { promise: interrupted, reject } = Promise.withResolvers<never>()
    using _abort = addAbortListener(signal, () =>
      reject(new TransferError('aborted', 'the wait has ended, but the jobs go on; stop them with: stop')),
    )
    await Promise.race([Promise.all(jobs.map(({ end }) => end)), interrupted])
    return Math.max(0, ...jobs.map(({ exitCode }) => exitCode ?? 0))
  }

  /**
   * Stops a job or, without a number, all. The bytes that have arrived are kept. Resolves when the jobs have
   * ended.
   */
  async stop(number?: number): Promise<void> {
    const jobs = this.#named(number)
    for (const { stop } of jobs)
      stop.abort(new TransferError('aborted', 'stopped; run the same command again to continue'))
    await Promise.all(jobs.map(({ end }) => end))
  }

  #named(number: number | undefined): BackgroundJob[] {
    const jobs = this.#jobs.filter((job) => number === undefined || job.number === number)
    if (number !== undefined && jobs.length === 0)
      throw new TransferError('not_found', `there is no job ${number}; list the jobs with: jobs`)
    return jobs
  }
}

/** The progress of a job: `running  34%  97.0 MiB`. */
function progressText(total: Total): string {
  const { position, size } = total.state(performance.now())
  if (position === 0) return 'running'
  const percent = size ? `  ${Math.floor((position / size) * 100)}%` : ''
  return `running${percent}  ${formatBytes(position)}`
}

function stateOf(exitCode: number | undefined): string {
  return exitCode === 0 ? 'done' : `failed (${exitCode})`
}
