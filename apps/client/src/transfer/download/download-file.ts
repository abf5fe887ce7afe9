import fs from 'node:fs'
import type { Writable } from 'node:stream'
import {
  type Entry,
  fromErrno,
  type IfExists,
  printable,
  type RemotePath,
  TransferError,
} from '@ftp/protocol'
import { stat } from '../../requests/stat.ts'
import type { Run } from '../../session/session.ts'
import { attemptsOf } from '../attempts.ts'
import type { TransferListener } from '../listener.ts'
import { resolveLinks } from '../local/partial-file.ts'
import { verdictOn } from '../local/publish.ts'
import type { TransferResult } from '../result.ts'
import type { VerifiedEntry } from './block-repair.ts'
import { Download } from './download.ts'
import { LocalSink } from './local-sink.ts'
import { runInParallel, WORTH_STREAMS } from './run-in-parallel.ts'
import type { Sink } from './sink.ts'
import { StreamSink } from './stream-sink.ts'

/** How often it starts again because the file has another version, before it fails. */
const RESTARTS = 5

/**
 * Fetches a file into a local one, and continues what an earlier attempt has left.
 * @param listed what the server has said of it, where it has
 * @param streams connections that share a large file
 */
export async function downloadFile(
  run: Run,
  remote: RemotePath,
  target: string,
  ifExists: IfExists,
  listener: TransferListener,
  listed?: Entry,
  streams = 1,
): Promise<TransferResult> {
  try {
    if (ifExists !== 'replace' && ifExists !== 'rename') {
      const entry = listed ?? (await run(({ connection }) => stat(connection, remote)))
      if (verdictOn(resolveLinks(target), entry, ifExists) === 'keep') return { outcome: 'skipped', bytes: 0 }
    }
    if (ifExists !== 'rename' && fs.statSync(target, { throwIfNoEntry: false })?.isDirectory())
      throw new TransferError('is_directory', `"${printable(target)}" is a directory here`)
    using file = new LocalSink(target, ifExists)
    const size = streams > 1 ? (listed ?? (await run(({ connection }) => stat(connection, remote)))).size : 0
    const entry =
      size > WORTH_STREAMS
        ? await receiveOver(streams, run, remote, file, listener)
        : await receive(run, remote, file, listener)
    listener.phase('commit')
    const name = await file.commit(entry)
    if (name === undefined) return { outcome: 'skipped', bytes: 0 }
    return { outcome: 'done', bytes: entry.size, md5: entry.md5, name }
  } catch (error) {
    throw fromErrno(error, `"${printable(target)}"`)
  }
}

/** Fetches a file into a stream, which is not ended. @param signal its abort ends the wait for whoever reads it */
export async function downloadToStream(
  run: Run,
  remote: RemotePath,
  stream: Writable,
  listener: TransferListener,
  signal: AbortSignal,
): Promise<TransferResult> {
  const entry = await receive(run, remote, new StreamSink(stream, signal), listener)
  return { outcome: 'done', bytes: entry.size, md5: entry.md5 }
}

async function receive(
  run: Run,
  remote: RemotePath,
  sink: Sink,
  listener: TransferListener,
): Promise<VerifiedEntry> {
  const attempts = attemptsOf(run, listener)
  const download = new Download(remote, sink, attempts.listener)
  return await attempts.run(({ connection }) => download.receive(connection))
}

async function receiveOver(
  streams: number,
  run: Run,
  remote: RemotePath,
  sink: Sink,
  listener: TransferListener,
): Promise<VerifiedEntry> {
  const { ParallelDownload } = await import('./parallel-download.ts')
  const attempts = attemptsOf(run, listener)
  const download = new ParallelDownload(remote, sink, attempts.listener)
  for (let restarts = 0; ; restarts++) {
    try {
      await attempts.run(({ connection }) => download.prepare(connection))
      await runInParallel(streams, attempts.run, async ({ connection }) => {
        await download.fetch(connection)
        return download.verified !== undefined
      })
      if (download.verified !== undefined) return download.verified
      throw new TransferError('internal', 'blocks are missing')
    } catch (error) {
      if (!(error instanceof TransferError) || error.code !== 'changed' || restarts === RESTARTS) throw error
    }
  }
}
