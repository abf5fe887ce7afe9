import { formatBytes } from '@ftp/terminal'
import { recordNow } from '../databases/sqlite/audit.ts'
import { setTotalRate, totalRate } from '../databases/sqlite/total-rate.ts'
import { exclusively } from '../databases/sqlite/transaction.ts'
import { type Context, writeResult } from './context.ts'
import { operatorEvent } from './operator.ts'
import { makeState, type StateOptions } from './state-folder.ts'
import type { Limit } from './user-options.ts'

/** `rate [size]`: shows or sets the total rate limit of the server, per second. The server may be running. */
export async function rate(
  context: Context,
  wanted: Limit | undefined,
  options: StateOptions,
): Promise<void> {
  using database = makeState(options)
  if (wanted !== undefined)
    exclusively(database, () => {
      setTotalRate(database, wanted === 'none' ? undefined : wanted)
      recordNow(database, operatorEvent('rate', '', String(wanted)))
    })
  const now = totalRate(database)
  await writeResult(
    context,
    { event: 'rate', bytesPerSecond: now ?? null },
    now === undefined
      ? 'The server moves files as fast as it can'
      : `The server moves at most ${formatBytes(now)}/s`,
  )
}
