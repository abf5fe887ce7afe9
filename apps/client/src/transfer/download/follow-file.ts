import type { Writable } from 'node:stream'
import { type IfExists, printable, type RemotePath, TransferError } from '@ftp/protocol'
import type { Session } from '../../session/session.ts'
import { Attempts } from '../attempts.ts'
import { isKept } from '../local/keep-existing.ts'
import type { TransferResult } from '../result.ts'
import type { TransferListener } from '../transfer-listener.ts'
import { Follow } from './follow.ts'
import { LocalSink } from './local-sink.ts'
import type { Sink } from './sink.ts'
import { StreamSink } from './stream-sink.ts'

/**
 * Receives a file and everything appended to it until the session's signal is aborted. Then the local file
 * gets its name.
 * @throws TransferError `changed` if it is no longer the same file; what had arrived until then has its name
 *   as well
 */
export async function followFile(
  session: Session,
  remote: RemotePath,
  target: string,
  { ifExists, listener }: { readonly ifExists: IfExists; readonly listener: TransferListener },
): Promise<TransferResult> {
  // Checked first: after an hour of following, the error would come too late.
  if (ifExists === 'fail' || ifExists === 'skip') {
    if (isKept(target, { size: 0, mtime: 0 }, ifExists)) return { outcome: 'skipped', bytes: 0 }
  }
  using file = new LocalSink(target, ifExists)
  const { follow, failure } = await receive(session, remote, file, listener)
  const entry = follow.received
  if (entry === undefined || !(session.signal.aborted || failure.code === 'changed')) throw failure
  // Nothing has been written yet for an empty file.
  if (entry.size === 0) await file.write(new Uint8Array(0), 0, true)
  const name = await file.commit({ ...entry, mtime: Date.now() * 1_000 })
  if (session.signal.aborted)
    return name === undefined ? { outcome: 'skipped', bytes: 0 } : ended(entry, name)
  const text = `${failure.message}; what it was until then is in "${printable(name ?? target)}"`
  throw new TransferError('changed', text, { cause: failure })
}

/** Does the same into a stream, which is not ended. */
export async function followStream(
  session: Session,
  remote: RemotePath,
  stream: Writable,
  listener: TransferListener,
): Promise<TransferResult> {
  using sink = new StreamSink(stream, session.signal)
  const { follow, failure } = await receive(session, remote, sink, listener)
  if (!session.signal.aborted || follow.received === undefined) throw failure
  return ended(follow.received)
}

function ended(
  { size, md5 }: { readonly size: number; readonly md5: string },
  name?: string,
): TransferResult {
  return { outcome: 'done', bytes: size, md5, name }
}

/** @returns the failure that ended it */
async function receive(
  session: Session,
  remote: RemotePath,
  sink: Sink,
  listener: TransferListener,
): Promise<{ readonly follow: Follow; readonly failure: TransferError }> {
  const attempts = new Attempts(session, listener)
  const follow = new Follow(remote, sink, attempts.listener)
  try {
    return await attempts.run(({ connection }) => follow.receive(connection))
  } catch (error) {
    return { follow, failure: TransferError.from(error) }
  }
}
