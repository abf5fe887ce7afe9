import path from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { TransferError } from '@ftp/protocol'
import { forgetEvents, MOST_EVENTS } from './databases/sqlite/audit.ts'
import { openDatabase } from './databases/sqlite/database.ts'
import { Digests } from './databases/sqlite/digests.ts'
import { sqliteState } from './databases/sqlite/state.ts'
import { isClockBelieved } from './databases/sqlite/trusted-clock.ts'
import type { HousekeepingData } from './housekeeping.ts'
import { createLog } from './log/log.ts'
import { openStorage } from './open-storage.ts'
import { removeAbandoned } from './share/unfinished.ts'
import { walkStorage } from './share/walk-storage.ts'

/*
 * The entry point of the thread that removes, once, what nobody needs any more: old audit events, ended sessions, partials
 * of abandoned uploads, and digests of file versions that no longer exist. Its messages are lines for the log.
 */

const DAY_MS = 86_400_000

const { config, hasRunADay }: HousekeepingData = workerData
const log = createLog(config.log.level, (line) => parentPort?.postMessage(line))
using database = openDatabase(path.join(config.state, 'state.db'))
using opened = openStorage(config.root, database, { log })
const { storage, uploads } = opened
try {
  const now = Date.now()
  const isBelieved = isClockBelieved(database, now, hasRunADay)
  if (!isBelieved)
    log.warn(
      {},
      'the clock has jumped ahead: nothing is removed for its age until the server has run for a day',
    )
  const daysAgo = (days: number): number => (isBelieved ? now - days * DAY_MS : 0)
  await forgetEvents(database, daysAgo(config.auditDays), MOST_EVENTS)
  const { sessions, links } = sqliteState(database)
  await sessions.forget(daysAgo(0) * 1_000)
  await links.forget(daysAgo(0) * 1_000)
  const partials = await removeAbandoned(storage, uploads, daysAgo(config.partialDays) * 1_000)
  const digests = await forgetVanished()
  if (partials + digests > 0) log.info({ partials, digests }, 'tidied up')
} catch (error) {
  log.warn({ reason: TransferError.from(error).message }, 'tidying up failed')
}

/**
 * Removes the digests of versions that no file has any more. The digest of a file that is stored or moved
 * meanwhile is kept, or is computed again when it is needed.
 */
async function forgetVanished(): Promise<number> {
  const digests = new Digests(database)
  const vanished = digests.versions()
  for await (const { path: file, isDirectory } of walkStorage(storage)) {
    if (vanished.size === 0) break
    if (isDirectory) continue
    try {
      vanished.delete(storage.stat(file).version)
    } catch (error) {
      if (TransferError.from(error).code === 'internal') throw error
    }
  }
  await digests.forgetAll([...vanished])
  return vanished.size
}
