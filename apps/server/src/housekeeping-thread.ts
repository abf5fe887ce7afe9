import path from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { TransferError } from '@ftp/protocol'
import type { Config } from './config.ts'
import { createLog } from './log/log.ts'
import { openStorage } from './open-storage.ts'
import { removeAbandoned } from './share/unfinished.ts'
import { walkStorage } from './share/walk-storage.ts'
import { forgetEvents } from './state/audit.ts'
import { openDatabase } from './state/database.ts'
import { Digests } from './state/digests.ts'
import { exclusively } from './state/transaction.ts'

/*
 * The entry of the thread that removes what nobody needs any more, once: events of the audit trail that are too old, what
 * abandoned uploads have left, digests of file versions that are gone. Its messages are lines for the log.
 */

const DAY_MS = 86_400_000
/** About 200 MB. */
const MOST_EVENTS = 1_000_000
/** Rows that are removed at once: everybody who writes waits for them. */
const AT_ONCE = 1_000

const config: Config = workerData
const log = createLog(config.log.level, (line) => parentPort?.postMessage(line))
using database = openDatabase(path.join(config.state, 'state.db'))
using opened = openStorage(config.root, database)
const { storage, uploads } = opened
try {
  forgetEvents(database, Date.now() - config.auditDays * DAY_MS, MOST_EVENTS)
  const since = (Date.now() - config.partialDays * DAY_MS) * 1_000
  const partials = await removeAbandoned(storage, uploads, since)
  const digests = await forgetVanished()
  if (partials + digests > 0) log.info({ partials, digests }, 'tidied up')
} catch (error) {
  log.warn({ reason: TransferError.from(error).message }, 'tidying up failed')
}

/**
 * Forgets the digests of versions that no file has. One that is stored, or moved, while this looks around stays, or
 * is computed again when it is needed.
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
  const versions = [...vanished]
  for (let at = 0; at < versions.length; at += AT_ONCE)
    exclusively(database, () => {
      for (const version of versions.slice(at, at + AT_ONCE)) digests.forget(version)
    })
  return versions.length
}
