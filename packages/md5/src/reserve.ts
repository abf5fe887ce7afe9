import { blockCount } from './blocks.ts'

/** Blocks that somebody may take, until it is disposed of. */
export interface Reservation extends Disposable {
  readonly blocks: number
}

interface Waiting {
  readonly least: number
  readonly most: number
  readonly grant: (reservation: Reservation) => void
}

let reserved = 0
let waiting: readonly Waiting[] = []

/**
 * Reserves some of this thread's blocks: `most` while half of them would be left, else `least`. Who comes when there
 * are not so many waits for those before it, so memory stays bounded however many transfers there are.
 * @param signal its abort ends the wait
 * @throws the signal's reason
 */
export async function reserveBlocks(least: number, most: number, signal: AbortSignal): Promise<Reservation> {
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<Reservation>()
  const one = { least, most, grant: resolve }
  const stop = (): void => {
    waiting = waiting.filter((other) => other !== one)
    reject(signal.reason)
    // Whoever came behind may need less.
    grantNext()
  }
  signal.addEventListener('abort', stop, { once: true })
  waiting = [...waiting, one]
  grantNext()
  try {
    return await promise
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

function grantNext(): void {
  const all = blockCount()
  for (;;) {
    const [next, ...others] = waiting
    if (next === undefined) return
    const blocks = reserved + next.most <= all / 2 ? next.most : Math.min(next.least, all)
    if (reserved + blocks > all) return
    waiting = others
    next.grant(reservation(blocks))
  }
}

function reservation(blocks: number): Reservation {
  reserved += blocks
  let isHeld = true
  return {
    blocks,
    [Symbol.dispose]: () => {
      if (!isHeld) return
      isHeld = false
      reserved -= blocks
      grantNext()
    },
  }
}
