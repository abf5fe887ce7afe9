import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Config } from './config.ts'

const EVERY_MS = 86_400_000
const ENTRY = new URL(`./housekeeping-thread${extname(import.meta.filename)}`, import.meta.url)

/** The start-up data of the thread. */
export interface HousekeepingData {
  readonly config: Config
  /** Whether the server has run for a day. */
  readonly hasRunADay: boolean
}

/**
 * Removes what nobody needs any more, now and once a day. This happens in a thread that ends with its work,
 * because a huge tree takes minutes and connections must not wait for it. Disposing of the result ends the
 * housekeeping.
 * @param onLines receives the thread's lines for the log
 * @param onFault called if the thread fails; the server continues
 */
export function keepHouse(
  config: Config,
  onLines: (lines: string) => void,
  onFault: (message: string) => void,
): AsyncDisposable {
  let thread: Worker | undefined
  const tidy = (hasRunADay: boolean): void => {
    if (thread !== undefined) return
    try {
      thread = new Worker(ENTRY, { workerData: { config, hasRunADay } satisfies HousekeepingData })
    } catch (error) {
      return onFault(`tidying up failed: ${String(error)}`)
    }
    thread.on('message', onLines)
    thread.on('error', (error) => onFault(`tidying up failed: ${String(error)}`))
    thread.on('exit', () => {
      thread = undefined
    })
    thread.unref()
  }
  tidy(false)
  const timer = setInterval(() => tidy(true), EVERY_MS).unref()
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await thread?.terminate()
    },
  }
}
