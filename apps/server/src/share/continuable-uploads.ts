import { parentPath, parsePath, type RemotePath, TransferError } from '@ftp/protocol'
import { parseAnswer, parseNote, type UploadAnswer } from '../state/upload-note.ts'
import type { UploadRecord } from '../state/uploads.ts'
import { discardUpload, pathOf } from './own-uploads.ts'
import { fromRoot } from './quota.ts'
import { requirePermission, type Share } from './share.ts'

/*
 * The uploads that a client can continue by their ids: what is known of them, until they become files and for a day after
 * that.
 */

/** An upload that has become a file, or that a policy has skipped. */
export interface StoredBefore extends UploadAnswer {
  readonly path: RemotePath
}

/** Removes an unfinished upload of this account. The file of that name, if there is one, stays. */
export async function discard(share: Share, id: string, signal?: AbortSignal): Promise<void> {
  const { path } = requireVisible(share, id)
  await discardUpload(share, path, id, signal)
}

/**
 * Removes what earlier attempts of this account have left of a file, once a newer one has come further: their clients
 * began again, rather than continue them. An upload whose length was announced stays, because its client has a name for
 * it; so does one that is running.
 * @param id of the newer attempt
 */
export async function discardEarlier(share: Share, path: RemotePath, id: string): Promise<void> {
  for (const { key, note, length, running } of unfinishedTo(share, path)) {
    if (key === id || note === undefined || length !== undefined || running) continue
    // Somebody may be continuing it just now.
    await discard(share, key).catch(() => {})
  }
}

/** An unfinished upload of this account, as its record describes it. */
export interface UploadDescription {
  readonly id: string
  readonly path: RemotePath
  /** How many bytes have been stored; they are proven when the upload is continued. */
  readonly size: number
  /** The size of the file in bytes; undefined if it has not been announced yet. */
  readonly length: number | undefined
  /** When it began, in microseconds since 1970. */
  readonly began: number
  /** Whether a connection is writing it now. */
  readonly isRunning: boolean
}

/** @throws TransferError `not_found` */
export function describe(share: Share, id: string): UploadDescription | StoredBefore {
  requirePermission(share, 'write')
  const stored = findStored(share, id)
  if (stored !== undefined) return stored
  const { path, length, began, running } = requireVisible(share, id)
  const size = share.storage.partial(parentPath(path), id)?.size ?? 0
  return { id, path, size, length, began, isRunning: running }
}

/**
 * The chain of an unfinished upload of this account, as far as the server has recorded it: 16 bytes for each whole
 * block. A client that has the file can compare it with its own.
 * @throws TransferError `not_found`
 */
export function recordedChain(share: Share, id: string): Uint8Array {
  requirePermission(share, 'write')
  requireUpload(share, id)
  return share.uploads.chains.find(id)?.chain ?? new Uint8Array(0)
}

/** What an upload of this client has become, as the server remembers it for a day. */
export function findStored({ uploads, account, guest }: Share, id: string): StoredBefore | undefined {
  const stored = uploads.stored.find(id, account.name)
  if (stored === undefined) return undefined
  const answer = parseAnswer(stored.answer)
  return answer.link === guest?.link ? { path: parsePath(stored.path), ...answer } : undefined
}

/** The uploads to a path that this client may continue, the newest first. */
export function unfinishedTo(share: Share, path: RemotePath): UploadRecord[] {
  const { uploads, account } = share
  const directory = fromRoot(share, path.slice(0, -1))
  const found = uploads.to({ account: account.name, directory, name: path.at(-1) ?? '' })
  return found.filter(({ note }) => note !== undefined && parseNote(note).link === share.guest?.link)
}

/** The record of an unfinished upload, with the path of its file. */
export interface Unfinished extends UploadRecord {
  readonly path: RemotePath
  readonly note: string
}

/** An upload that this client may remove: the account also those of its guests. @throws TransferError `not_found` */
function requireVisible(share: Share, id: string): Unfinished {
  const record = share.uploads.ofKey(share.account.name, fromRoot(share, []), id)
  const path = record && pathOf(share, record)
  if (record?.note === undefined || path === undefined) throw unknown(id)
  if (share.guest !== undefined && parseNote(record.note).link !== share.guest.link) throw unknown(id)
  return { ...record, path, note: record.note }
}

/**
 * An upload that this client may continue: nobody continues one that was begun by other means.
 * @throws TransferError `not_found`, also if a client with a chain of its own has begun it
 */
export function requireUpload(share: Share, id: string): Unfinished {
  const upload = requireVisible(share, id)
  if (parseNote(upload.note).link !== share.guest?.link) throw unknown(id)
  return upload
}

function unknown(id: string): TransferError {
  return new TransferError('not_found', `no unfinished upload of yours has the name "${id}"`)
}
