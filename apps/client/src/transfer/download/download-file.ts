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
import type { Session } from '../../session/session.ts'
import { Attempts } from '../attempts.ts'
import { isKept } from '../local/keep-existing.ts'
import type { TransferResult } from '../result.ts'
import type { TransferListener } from '../transfer-listener.ts'
import type { VerifiedEntry } from './block-repair.ts'
import { Download } from './download.ts'
import { LocalSink } from './local-sink.ts'
import type { Sink } from './sink.ts'
import { StreamSink } from './stream-sink.ts'

/** How often a download starts again because the file has another version, before it fails. */
const RESTARTS = 5
/**
 * The smallest file worth several connections, in bytes. A smaller one has arrived before a second connection
 * is open.
 */
const WORTH_STREAMS = 4_194_304

export interface DownloadOptions {
  readonly ifExists: IfExists
  readonly listener: TransferListener
  /** The server's description of the file, if it is known. */
  readonly listed?: Entry | undefined
  /** How many connections share a large file. Default: 1. */
  readonly streams?: number | undefined
}

/** Fetches a file into a local one, continuing the partial file of an earlier attempt. */
export async function downloadFile(
  session: Session,
  remote: RemotePath,
  target: string,
  { ifExists, listener, listed, streams = 1 }: DownloadOptions,
): Promise<TransferResult> {
  const look = async (): Promise<Entry> =>
    listed ?? (await session.run(({ connection }) => stat(connection, remote)))
  try {
    if (ifExists !== 'replace' && ifExists !== 'rename') {
      if (isKept(target, await look(), ifExists)) return { outcome: 'skipped', bytes: 0 }
    }
    if (ifExists !== 'rename' && fs.statSync(target, { throwIfNoEntry: false })?.isDirectory())
      throw new TransferError('is_directory', `"${printable(target)}" is a directory here`)
    using file = new LocalSink(target, ifExists)
    const attempts = new Attempts(session, listener)
    const entry =
      streams > 1 && (await look()).size > WORTH_STREAMS
        ? await downloadOver(streams, attempts, remote, file)
        : await download(attempts, remote, file)
    listener.phase('commit')
    const name = await file.commit(entry)
    if (name === undefined) return { outcome: 'skipped', bytes: 0 }
    return { outcome: 'done', bytes: entry.size, md5: entry.md5, name }
  } catch (error) {
    throw fromErrno(error, `"${printable(target)}"`)
  }
}

/** Fetches a file into a stream, which is not ended. */
export async function downloadToStream(
  session: Session,
  remote: RemotePath,
  stream: Writable,
  listener: TransferListener,
): Promise<TransferResult> {
  using sink = new StreamSink(stream, session.signal)
  const entry = await download(new Attempts(session, listener), remote, sink)
  return { outcome: 'done', bytes: entry.size, md5: entry.md5 }
}

async function download(attempts: Attempts, remote: RemotePath, sink: Sink): Promise<VerifiedEntry> {
  const running = new Download(remote, sink, attempts.listener)
  return await attempts.run(({ connection }) => running.receive(connection))
}

async function downloadOver(
  streams: number,
  attempts: Attempts,
  remote: RemotePath,
  sink: Sink,
): Promise<VerifiedEntry> {
  const { ParallelDownload } = await import('./parallel-download.ts')
  const running = new ParallelDownload(remote, sink, attempts.listener)
  for (let restarts = 0; ; restarts++) {
    try {
      await attempts.run(({ connection }) => running.prepare(connection, attempts.signal))
      await attempts.runInParallel(streams, async ({ connection }) => {
        await running.fetch(connection)
        return running.verified !== undefined
      })
      if (running.verified !== undefined) return running.verified
      throw new TransferError('internal', 'blocks are missing')
    } catch (error) {
      if (!(error instanceof TransferError) || error.code !== 'changed' || restarts === RESTARTS) throw error
    }
  }
}
