import type { Browser, Page } from 'playwright-core'

/** An event of a trace, as far as this is about it. Times are in microseconds. */
interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  /** The time of the processor that it took: other programs that run meanwhile do not count. */
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}

/**
 * Traces what a page does.
 * @returns the time of the processor that the longest task of its main thread took, in milliseconds
 */
export async function longestTask(
  browser: Browser,
  page: Page,
  action: () => Promise<void>,
): Promise<number> {
  return longest(await trace(browser, page, action), /RunTask$/)
}

/**
 * As {@link longestTask}, but only what the page does in a task: for what is dropped, the browser itself takes some time
 * that no page can save.
 */
export async function longestScript(
  browser: Browser,
  page: Page,
  action: () => Promise<void>,
): Promise<number> {
  return longest(await trace(browser, page, action), /^(EventDispatch|FunctionCall|RunMicrotasks|TimerFire)$/)
}

async function trace(
  browser: Browser,
  page: Page,
  action: () => Promise<void>,
): Promise<readonly TraceEvent[]> {
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline'] })
  await action()
  const { traceEvents }: { traceEvents: readonly TraceEvent[] } = JSON.parse(
    (await browser.stopTracing()).toString(),
  )
  return traceEvents
}

/** Milliseconds of the processor that the longest event of this name took in the main thread of the page. */
function longest(events: readonly TraceEvent[], named: RegExp): number {
  const main = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  )
  const found = events.filter(
    ({ name, ph, pid, tid }) => ph === 'X' && named.test(name) && main.has(`${pid} ${tid}`),
  )
  return Math.max(...found.map(({ tdur = 0 }) => tdur / 1_000))
}
