import { TransferError } from '@ftp/protocol'
import pLimit from 'p-limit'
import { exitCodeOf } from '../exit-codes.ts'
import type { FileReporter, Reporter } from '../progress/reporter.ts'
import type { Run, Session } from '../session.ts'
import type { TransferListener } from '../transfer/listener.ts'
import type { Moved } from '../transfer/moved.ts'

/** One file to move. */
export interface Job {
  /** The file as the user knows it. */
  readonly name: string
  /** Where it goes. */
  readonly to: string
  /** Prepares, then moves the file; `run` repeats its action on a new connection while the old one is lost. */
  move(run: Run, listener: TransferListener): Promise<Moved>
}

/**
 * Moves files, several at once. One that fails is told; the others go on.
 * @param failedBefore what could not even become a job
 * @returns the exit code
 */
export async function runTransfers(
  session: Session,
  reporter: Reporter,
  jobs: readonly Job[],
  atOnce: number,
  failedBefore: readonly TransferError[] = [],
): Promise<number> {
  const started = performance.now()
  const failures: TransferError[] = [...failedBefore]
  const results: Moved[] = []
  let moved = 0
  const limit = pLimit(atOnce)
  await Promise.all(
    jobs.map((job) =>
      limit(async () => {
        if (session.signal.aborted) return void failures.push(TransferError.from(session.signal.reason))
        const file = reporter.file(job.name, job.to)
        let toldOfOutage = false
        try {
          const effort = measured(file, () => {
            toldOfOutage = false
          })
          const run: Run = (action) =>
            session.run(action, (failure, delayMs) => {
              // Once for each outage, however many attempts it takes.
              if (!toldOfOutage) file.retrying(failure, delayMs)
              toldOfOutage = true
            })
          const result = await job.move(run, effort.listener)
          results.push(result)
          moved += effort.moved(result)
          file.ended(result, { moved: effort.moved(result), seconds: effort.seconds() })
        } catch (error) {
          const failure = TransferError.from(error)
          failures.push(failure)
          file.failed(failure)
        }
      }),
    ),
  )
  const done = results.filter(({ outcome }) => outcome === 'done')
  const { signal } = session
  const codes = signal.aborted ? [TransferError.from(signal.reason).code] : failures.map(({ code }) => code)
  const exitCode = exitCodeOf(codes)
  reporter.summary({
    files: done.length,
    bytes: done.reduce((sum, { bytes }) => sum + bytes, 0),
    moved,
    skipped: results.length - done.length,
    failed: failures.length,
    seconds: (performance.now() - started) / 1000,
    exitCode,
  })
  return exitCode
}

/** Takes note of what is moved now and what had been moved before. */
function measured(
  file: FileReporter,
  onMoved: () => void,
): {
  readonly listener: TransferListener
  readonly moved: (result: Moved) => number
  readonly seconds: () => number
} {
  const started = performance.now()
  let before = 0
  let transferring = false
  const listener: TransferListener = {
    ...file,
    phase: (phase) => {
      transferring ||= phase === 'transfer'
      file.phase(phase)
    },
    moved: (position) => {
      onMoved()
      file.moved(position)
    },
    resumed: (position, held) => {
      if (!transferring) before = position
      file.resumed(position, held)
    },
  }
  return {
    listener,
    moved: ({ outcome, bytes, repeated }) =>
      outcome === 'done' && !repeated ? Math.max(0, bytes - before) : 0,
    seconds: () => (performance.now() - started) / 1000,
  }
}
