import fs from 'node:fs'
import path from 'node:path'
import { ChaosProxy, type Plan } from './chaos-proxy.ts'
import { until } from './deadline.ts'
import { MIB, serverPartials } from './files.ts'
import type { Ends, Move } from './moves.ts'

/** The whole blocks that reach the receiver of a {@link stalledTransfer} before it stalls, in bytes. */
export const HELD = 3 * MIB
/** What headers, TLS and handshakes take on top of the bytes of a file, at most. */
export const OVERHEAD = 65_536

/** A proxy whose first connection stalls half a block after {@link HELD} bytes of a file. */
export interface StalledTransfer extends AsyncDisposable {
  readonly port: number
  /** Resolves when the receiver has written all whole blocks that have arrived. */
  readonly held: () => Promise<unknown>
  /** Ends all connections. What they hold is lost: it may be the rest of the file. */
  readonly cut: () => void
  /** How many bytes the later connections have brought in the direction of the file. */
  readonly sentLater: () => number
}

/** @param plan more about the first connection */
export async function stalledTransfer(
  move: Move,
  ends: Ends,
  port: () => number,
  plan: Plan = {},
): Promise<StalledTransfer> {
  let sentLater = 0
  const watch: Plan['watch'] = (direction, { length }) => {
    if (direction === move.direction) sentLater += length
  }
  const proxy = await ChaosProxy.start(port, (connection) =>
    connection === 0 ? { ...plan, [move.direction]: { stallAfter: HELD + MIB / 2 } } : { watch },
  )
  const partials = (): string[] =>
    move.direction === 'up' ? serverPartials(ends.root) : clientPartials(ends)
  return {
    port: proxy.port,
    held: () => until('whole blocks', () => partials().some((file) => fs.statSync(file).size >= HELD)),
    cut: () => proxy.cut(),
    sentLater: () => sentLater,
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  }
}

/** What unfinished gets have left in the folder of the client. */
export function clientPartials({ home }: Pick<Ends, 'home'>): string[] {
  const names = fs.readdirSync(home).filter((name) => name.includes('.ftp.'))
  return names.map((name) => path.join(home, name))
}
