import fs from 'node:fs'
import { type FileSystem, systemFiles } from './file-system.ts'

/** A disk that answers within so many milliseconds is not worth a way to another thread and back. */
const AT_ONCE_MS = 0.2
/** After a slow answer so many go through the thread pool before one is tried at once again. */
const LATER = 64

let later = 0

/** fsync(2). Where it costs nothing, as in memory, it is done at once: of small files there are thousands. */
async function flush(fd: number): Promise<void> {
  if (later > 0) {
    later--
    return await systemFiles.fsync(fd)
  }
  const started = performance.now()
  fs.fsyncSync(fd)
  if (performance.now() - started > AT_ONCE_MS) later = LATER
}

/** The machine's own, for a process whose thread nobody else waits for: a sync of a fast disk is not sent elsewhere. */
export const promptFiles: FileSystem = { ...systemFiles, fsync: flush }
