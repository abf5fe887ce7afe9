import { TransferError } from '@ftp/protocol'
import type { Attempt, Run } from '../../session/session.ts'

/** A smaller file is there before a second connection is open. */
export const WORTH_STREAMS = 4_194_304

/**
 * Does the same on several connections of its own.
 * @param action says whether all is done, whatever the others do
 * @throws the first failure that no new connection helps against
 */
export async function runInParallel(
  streams: number,
  run: Run,
  action: (attempt: Attempt) => Promise<boolean>,
): Promise<void> {
  const end = new AbortController()
  let [done, failure] = [false, undefined as unknown]
  const one = async (): Promise<void> => {
    try {
      if (!(await run(action, end.signal))) return
      done = true
      end.abort(new TransferError('cancelled', 'another connection has finished it'))
    } catch (error) {
      if (end.signal.aborted) return
      failure = error
      end.abort(error)
    }
  }
  await Promise.all(Array.from({ length: streams }, one))
  if (!done && failure !== undefined) throw failure
}
