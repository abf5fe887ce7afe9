import fs from 'node:fs'
import { type FileSystem, systemFiles } from './file-system.ts'

/** If a sync takes less than this many milliseconds, using another thread would cost more than it saves. */
const AT_ONCE_MS = 0.2
/** After a slow sync, this many go through the thread pool before another one is tried in this thread. */
const LATER = 64

let later = 0

/**
 * fsync(2). If it costs nothing, as in memory, it is done in this thread, because there are thousands of
 * small files.
 */
async function flush(fd: number): Promise<void> {
  if (later > 0) {
    later--
    return await systemFiles.fsync(fd)
  }
  const started = performance.now()
  fs.fsyncSync(fd)
  if (performance.now() - started > AT_ONCE_MS) later = LATER
}

/**
 * The file system of this machine, for a process in which nobody else waits for this thread: if the disk is
 * fast, it is synced without the thread pool.
 */
export const promptFiles: FileSystem = { ...systemFiles, fsync: flush }
