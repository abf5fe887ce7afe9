import path from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { TransferError } from '@ftp/protocol'
import type { Config } from './config.ts'
import { openDatabase } from './databases/sqlite/database.ts'
import { Quotas } from './databases/sqlite/quotas.ts'
import { createLog } from './log/log.ts'
import { openStorage } from './open-storage.ts'
import { countHome } from './share/count-home.ts'
import type { Counted } from './usage-count.ts'

/*
 * The entry point of the thread that counts homes. It receives the names of homes, and sends the results of
 * the counts, or lines for the log.
 */

const config: Config = workerData
const log = createLog(config.log.level, (line) => parentPort?.postMessage(line))
const database = openDatabase(path.join(config.state, 'state.db'), { name: "the server's state" })
const { storage, uploads } = openStorage(config.root, database, { log })
const quotas = new Quotas(database)
let last = Promise.resolve()

parentPort?.on('message', (home: string) => {
  last = last.then(async () => parentPort?.postMessage(await count(home)))
})

/** Never rejects. */
async function count(home: string): Promise<Counted> {
  try {
    const { isExact, unreadable = [] } = await countHome({ quotas, uploads, storage }, home)
    if (unreadable.length > 0) log.warn({ home, unreadable }, 'not counted, because it may not be read')
    return { home, isExact }
  } catch (error) {
    const { code, message } = TransferError.from(error)
    return { home, code, message }
  }
}
