import { StateError } from '../state/state-database.ts'

/**
 * Makes callbacks for the events and timers of the main thread. What happens there happens to everybody: an error
 * that one of them throws is a fault to report, not the end of the server.
 * @param fault is told of it; of a StateError the health of the server has been told where it came from
 */
export function guardedBy(
  fault: (message: string) => void,
): <Args extends unknown[]>(action: (...args: Args) => void) => (...args: Args) => void {
  return (action) =>
    (...args) => {
      try {
        action(...args)
      } catch (error) {
        if (error instanceof StateError) return
        fault(error instanceof Error ? (error.stack ?? error.message) : String(error))
      }
    }
}
