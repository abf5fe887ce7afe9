import * as v from 'valibot'
import { accountInfo, quotaInfo } from './account.ts'
import { NO_ENTRY, readEntry } from './entry.ts'
import { checked, count, type FieldsOf, flag, hex, id, listOf, mtime, text } from './fields.ts'
import { files, outcomes, refusal } from './outcomes.ts'
import { ack, chain, data } from './parts.ts'

/*
 * What a server sends. It may have more fields than this version knows: a reader leaves them out.
 */

const entry = checked(readEntry, NO_ENTRY)

/** The limits that a server announces in `welcome`. */
const limits = v.object({ header: count, payload: count, requests: count, requestBytes: count })

const file = v.object({
  id,
  type: v.literal('file'),
  entry,
  /** Names this very content of the file: changes whenever the file does. Opaque. */
  version: text,
  offset: count,
  /** The chaining value at `offset`. */
  chain: hex,
  /** Bytes that this reply and the data frames after it carry in all. */
  length: count,
  /** With `last`: as in {@link data}. */
  md5: v.optional(hex),
  /** The payload of this frame is all of it. */
  last: flag,
})
export type FileReply = Readonly<v.InferOutput<typeof file>>

const filesReply = v.object({
  id,
  type: v.literal('files'),
  /**
   * For each path, in their order. The bytes of those with an `md5` are the payload, one after the other; one without it is
   * too large to come with others.
   */
  files,
  /** There are no more. */
  last: flag,
})
export type FilesReply = Readonly<v.InferOutput<typeof filesReply>>

const outcomesReply = v.object({
  id,
  type: v.literal('outcomes'),
  /** For each file, in their order. */
  outcomes,
})
export type OutcomesReply = Readonly<v.InferOutput<typeof outcomesReply>>

/** An upload of one's own that is not a file yet. */
export interface UnfinishedUpload {
  /** Where the file is to be. */
  readonly path: string
  /** Names its partial: 32 hex digits. */
  readonly key: string
  /** Bytes that the partial holds. */
  readonly size: number
  /** Bytes of the file; absent while nobody knows. */
  readonly length?: number | undefined
  /** When its first attempt began. */
  readonly began: number
  /** When anything was last done to the partial. */
  readonly mtime: number
  /** A put is writing it now. */
  readonly running?: boolean | undefined
}

const unfinishedUpload = v.object({
  path: text,
  key: hex,
  size: count,
  length: v.optional(count),
  began: mtime,
  mtime,
  running: flag,
} satisfies FieldsOf<UnfinishedUpload>)

const error = v.object({
  /** Absent when the error is the connection's. */
  id: v.optional(id),
  ...refusal,
})

export const replies = [
  v.object({
    id,
    type: v.literal('welcome'),
    version: count,
    server: text,
    /** SASL names of the ways to log in. */
    mechanisms: v.pipe(v.array(text), v.readonly()),
    limits,
  }),
  v.object({ id, type: v.literal('challenge'), message: text }),
  v.object({
    id,
    type: v.literal('accepted'),
    account: accountInfo,
    /** The mechanism's last word, where it has one: the server's proof. */
    message: v.optional(text),
  }),
  file,
  filesReply,
  outcomesReply,
  v.object(data),
  v.object(chain),
  v.object({
    ...ack,
    /** Only a server sends it: all bytes before this are verified too, and will not be asked for again. */
    proven: v.optional(count),
  }),
  v.object({
    id,
    type: v.literal('ready'),
    /** Bytes of the file that the server holds; after `chain` frames: holds and has proven. Send from here. */
    offset: count,
    window: count,
  }),
  v.object({ id, type: v.literal('resend'), offset: count }),
  v.object({ id, type: v.literal('following'), entry }),
  v.object({ id, type: v.literal('stored'), entry }),
  v.object({ id, type: v.literal('skipped'), entry }),
  v.object({
    id,
    type: v.literal('entries'),
    entries: listOf(readEntry, NO_ENTRY),
    last: flag,
    /** Names on the disk that this protocol cannot express: counted in the last page. */
    unnamable: v.optional(count),
  }),
  v.object({ id, type: v.literal('entry'), entry, version: v.optional(text) }),
  v.object({
    id,
    type: v.literal('digest'),
    version: text,
    /** Bytes that the chain covers, or the file has. */
    length: count,
    md5: v.optional(hex),
  }),
  v.object({
    id,
    type: v.literal('done'),
    /** What has been moved is called so now: its policy was `rename`, and the name it was to get was taken. */
    name: v.optional(text),
  }),
  v.object({
    id,
    type: v.literal('usage'),
    bytes: count,
    files: count,
    directories: count,
    /** Directories that the server may not read, by their paths from the one that was asked for: they are not counted. */
    unreadable: v.optional(v.pipe(v.array(text), v.readonly())),
    /** Of the account's home, where it is limited. */
    quota: v.optional(quotaInfo),
  }),
  v.object({
    id,
    type: v.literal('uploads'),
    uploads: v.pipe(v.array(unfinishedUpload), v.readonly()),
    /** There are no more. */
    last: flag,
  }),
  v.object({ id, type: v.literal('progress'), done: count, total: count }),
  error,
]
export type Reply = Readonly<v.InferOutput<(typeof replies)[number]>>
