import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Config } from './config.ts'

const EVERY_MS = 86_400_000
const ENTRY = new URL(`./housekeeping-thread${extname(import.meta.filename)}`, import.meta.url)

/** What the thread is started with. */
export interface HousekeepingData {
  readonly config: Config
  /** Whether the server has run for a day. */
  readonly hasRunADay: boolean
}

/**
 * Removes what nobody needs any more, now and once a day, in a thread that ends with its work: a huge tree takes minutes,
 * and connections are not to wait for it. Disposing of it ends that.
 * @param onLines given what the thread has to say, as lines for the log
 * @param onFault called when it fails; the server goes on
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
