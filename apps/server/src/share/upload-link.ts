import type { UploadRecords } from '../databases/sqlite/uploads.ts'
import { parseAnswer, parseNote } from '../state/upload-note.ts'

/** Identifies an upload whose chain the server computes. */
export interface UploadName {
  readonly account: string
  /** The path of a directory that it is in, from the root. */
  readonly home: string
  readonly key: string
}

/**
 * The id of the share link by which an upload was begun, if it was begun by one; also after it has become a
 * file, for as long as that is remembered.
 */
export function linkOfUpload(uploads: UploadRecords, { account, home, key }: UploadName): string | undefined {
  const note = uploads.ofKey(account, home, key)?.note
  if (note !== undefined) return parseNote(note).link
  const stored = uploads.stored.find(key, account)
  return stored && parseAnswer(stored.answer).link
}
