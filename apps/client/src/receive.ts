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
import { stat } from './requests/stat.ts'
import type { Run } from './session.ts'
import { Download, type VerifiedEntry } from './transfer/download.ts'
import { type TransferListener, watched } from './transfer/listener.ts'
import { resolveLinks } from './transfer/local-file.ts'
import { LocalSink } from './transfer/local-sink.ts'
import type { Moved } from './transfer/moved.ts'
import { verdictOn } from './transfer/publish.ts'
import type { Sink } from './transfer/sink.ts'
import { StreamSink } from './transfer/stream-sink.ts'

/**
 * Fetches a file into a local one, and continues what an earlier attempt has left.
 * @param listed what the server has said of it, where it has
 */
export async function receiveFile(
  run: Run,
  remote: RemotePath,
  target: string,
  ifExists: IfExists,
  listener: TransferListener,
  listed?: Entry,
): Promise<Moved> {
  try {
    if (ifExists !== 'replace' && ifExists !== 'rename') {
      const entry = listed ?? (await run(({ connection }) => stat(connection, remote)))
      if (verdictOn(resolveLinks(target), entry, ifExists) === 'keep') return { outcome: 'skipped', bytes: 0 }
    }
    if (ifExists !== 'rename' && fs.statSync(target, { throwIfNoEntry: false })?.isDirectory())
      throw new TransferError('is_directory', `"${printable(target)}" is a directory here`)
    using file = new LocalSink(target, ifExists)
    const entry = await receive(run, remote, file, listener)
    listener.phase('commit')
    const name = await file.commit(entry)
    if (name === undefined) return { outcome: 'skipped', bytes: 0 }
    return { outcome: 'done', bytes: entry.size, md5: entry.md5, name }
  } catch (error) {
    throw fromErrno(error, `"${printable(target)}"`)
  }
}

/** Fetches a file into a stream, which is not ended. @param signal its abort ends the wait for whoever reads it */
export async function receiveStream(
  run: Run,
  remote: RemotePath,
  stream: Writable,
  listener: TransferListener,
  signal: AbortSignal,
): Promise<Moved> {
  const entry = await receive(run, remote, new StreamSink(stream, signal), listener)
  return { outcome: 'done', bytes: entry.size, md5: entry.md5 }
}

async function receive(
  run: Run,
  remote: RemotePath,
  sink: Sink,
  listener: TransferListener,
): Promise<VerifiedEntry> {
  let progressed = (): void => {}
  const download = new Download(
    remote,
    sink,
    watched(listener, () => progressed()),
  )
  return await run((attempt) => {
    progressed = attempt.progressed
    return download.receive(attempt.connection)
  })
}
