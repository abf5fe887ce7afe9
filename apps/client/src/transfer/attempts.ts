import type { Run } from '../session/session.ts'
import { type TransferListener, watched } from './listener.ts'

/** For the attempts of one transfer, one after another or at once: what any of them moves keeps up the patience with all. */
export function attemptsOf(
  run: Run,
  listener: TransferListener,
): { readonly run: Run; readonly listener: TransferListener } {
  const running = new Set<() => void>()
  return {
    run: (action, until) =>
      run(async (attempt) => {
        running.add(attempt.progressed)
        try {
          return await action(attempt)
        } finally {
          running.delete(attempt.progressed)
        }
      }, until),
    listener: watched(listener, () => {
      for (const progressed of running) progressed()
    }),
  }
}
