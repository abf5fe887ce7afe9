import { addAbortListener } from 'node:events'

/**
 * Waits for the promise, or until the signal is aborted. If the promise resolves after that, its value is
 * disposed of, because nobody waits for it any more.
 */
export async function unlessAborted<T extends Disposable>(
  promise: Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  using _abort = addAbortListener(signal, () => {
    promise.then(
      (late) => late[Symbol.dispose](),
      () => {},
    )
    reject(signal.reason)
  })
  return await Promise.race([promise, aborted])
}
