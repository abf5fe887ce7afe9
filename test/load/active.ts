import { setTimeout as delay } from 'node:timers/promises'
import type { Guest } from './peer.ts'
import { PEERS } from './peers.ts'

/*
 * Many clients that fetch a file again and again. In a process of its own, so that they do not hold up the one that
 * measures: it sends a Load, hears `begun` when all are at it, sends anything for the end, and gets what each get
 * since then has taken, in milliseconds.
 */

export interface Load {
  readonly peer: string
  readonly port: number
  readonly active: number
  /** Files a second, all together; undefined for as many as they can. */
  readonly rate: number | undefined
}

process.once('message', (load: Load) => void transfer(load))

async function transfer({ peer: name, port, active, rate }: Load): Promise<void> {
  const peer = PEERS.find((one) => one.name === name)
  if (peer === undefined) throw new Error('nobody to load')
  const guests: Guest[] = []
  while (guests.length < active) guests.push(await peer.enter(port))
  const everyMs = rate === undefined ? 0 : (active / rate) * 1_000
  let times: number[] = []
  let waiting = active
  for (const guest of guests) {
    void fetchEvery(everyMs, guest, (took, isFirst) => {
      times.push(took)
      if (!isFirst || --waiting > 0) return
      times = []
      process.send?.('begun')
    })
  }
  process.once('message', () => process.send?.(times, () => process.exit(0)))
}

/** Fetches again and again; one that is late does not wait. */
async function fetchEvery(
  everyMs: number,
  guest: Guest,
  done: (took: number, isFirst: boolean) => void,
): Promise<void> {
  for (let due = performance.now() + Math.random() * everyMs, isFirst = true; ; due += everyMs) {
    const early = due - performance.now()
    if (early > 0) await delay(early)
    const began = performance.now()
    await guest.get()
    done(performance.now() - began, isFirst)
    isFirst = false
  }
}
