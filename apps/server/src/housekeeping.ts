import path from 'node:path'
import { TransferError } from '@ftp/protocol'
import type { Config } from './config.ts'
import type { Log } from './log/log.ts'
import { removeAbandoned } from './share/unfinished.ts'
import { walkStorage } from './share/walk-storage.ts'
import { forgetEvents } from './state/audit.ts'
import { openDatabase } from './state/database.ts'
import { Digests } from './state/digests.ts'
import { forgetKept } from './state/quota-upkeep.ts'
import { Disk } from './storage/disk.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** About 200 MB. */
const MOST_EVENTS = 1_000_000

/**
 * Removes what nobody needs any more, now and from time to time: events of the audit trail that are too old, what
 * abandoned uploads have left, digests of file versions that are gone. Disposing of it ends that.
 */
export function keepHouse(config: Config, log: Log): Disposable {
  const database = openDatabase(path.join(config.state, 'state.db'))
  const disk = new Disk(config.root, (action) => action())
  const end = new AbortController()
  let tidying = false
  const forget = (): void => forgetEvents(database, Date.now() - config.auditDays * DAY_MS, MOST_EVENTS)
  const tidy = async (): Promise<void> => {
    if (tidying) return
    tidying = true
    try {
      const since = (Date.now() - config.partialDays * DAY_MS) * 1_000
      const { removed: partials, left } = await removeAbandoned(disk, since, end.signal)
      forgetKept(database, left)
      const digests = await forgetVanished(disk, new Digests(database), end.signal)
      if (partials + digests > 0) log.info({ partials, digests }, 'tidied up')
    } catch (error) {
      if (!end.signal.aborted) log.warn({ reason: TransferError.from(error).message }, 'tidying up failed')
    }
    tidying = false
  }
  forget()
  void tidy()
  const timers = [setInterval(forget, HOUR_MS), setInterval(() => void tidy(), DAY_MS)]
  for (const timer of timers) timer.unref()
  return {
    [Symbol.dispose]() {
      end.abort()
      for (const timer of timers) clearInterval(timer)
      disk[Symbol.dispose]()
      database.close()
    },
  }
}

/**
 * Forgets the digests of versions that no file has. One that is stored, or moved, while this looks around stays, or
 * is computed again when it is needed.
 */
async function forgetVanished(disk: Disk, digests: Digests, signal: AbortSignal): Promise<number> {
  const vanished = digests.versions()
  for await (const { path: file, isDirectory } of walkStorage(disk, signal)) {
    if (vanished.size === 0) break
    if (isDirectory) continue
    try {
      vanished.delete(disk.stat(file).version)
    } catch (error) {
      if (TransferError.from(error).code === 'internal') throw error
    }
  }
  for (const version of vanished) digests.forget(version)
  return vanished.size
}
