import fs from 'node:fs'
import path from 'node:path'
import { STATE_NAME } from '@ftp/protocol'
import { openDatabase } from '../../apps/server/src/databases/sqlite/database.ts'
import { openStorage } from '../../apps/server/src/open-storage.ts'

/** The number of a thread that no server has. */
const THREAD = 1_000_000

/**
 * Leaves behind what an interrupted upload would: its partial file, and the record of that. The server may be
 * running.
 */
export function interruptUpload(
  root: string,
  {
    content = 'half',
    length = null,
    ...upload
  }: {
    readonly account: string
    /** Relative to the root. */
    readonly directory: string
    readonly name: string
    readonly key: string
    readonly length?: number | null
    readonly content?: string | Uint8Array
  },
): void {
  using database = openDatabase(path.join(root, STATE_NAME, 'state.db'))
  using opened = openStorage(root, database, { thread: THREAD })
  opened.uploads.begin({ ...upload, length })
  fs.writeFileSync(path.join(root, upload.directory, `.ftp-part-${upload.key}`), content)
  opened.uploads.end(upload.key)
}
