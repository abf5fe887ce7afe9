import { StateError } from '../state/state-error.ts'

/**
 * Makes callbacks for events and timers of the main thread. An uncaught error there would end the server for
 * everybody; instead, it is reported as a fault.
 * @param fault called with the error. A StateError is left out, because its source has already reported it to
 * the server's health
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
