import * as v from 'valibot'
import { accountInfo, quotaInfo } from './account.ts'
import { credentialReplies } from './credentials.ts'
import { NO_ENTRY, readEntry } from './entry.ts'
import { checked, count, type FieldsOf, flag, hex, id, listOf, mtime, text } from './fields.ts'
import { files, outcomes, refusal } from './outcomes.ts'
import { ack, chain, data } from './parts.ts'

/* The messages of a server. A message may have more fields than this version knows; they are ignored. */

const entry = checked(readEntry, NO_ENTRY)

/** The limits that a server announces in `welcome`. */
const limits = v.object({ header: count, payload: count, requests: count, requestBytes: count })

const file = v.object({
  id,
  type: v.literal('file'),
  entry,
  /** Identifies this very content of the file: it changes whenever the file does. Opaque. */
  version: text,
  offset: count,
  /** The chaining value at `offset`. */
  chain: hex,
  /** The number of bytes in this reply and the data frames after it. */
  length: count,
  /** With `last`: as in {@link data}. */
  md5: v.optional(hex),
  /** Whether the payload of this frame is the whole range. */
  last: flag,
})
export type FileReply = Readonly<v.InferOutput<typeof file>>

const filesReply = v.object({
  id,
  type: v.literal('files'),
  /**
   * One for each path, in order. The payload contains the bytes of all files with an `md5`, one after the
   * other; a file without it is too large to be sent together with others.
   */
  files,
  /** Whether this is the last such reply. */
  last: flag,
})
export type FilesReply = Readonly<v.InferOutput<typeof filesReply>>

const outcomesReply = v.object({
  id,
  type: v.literal('outcomes'),
  /** One for each file, in order. */
  outcomes,
})
export type OutcomesReply = Readonly<v.InferOutput<typeof outcomesReply>>

/** The account's own upload that is not a file yet. */
export interface UnfinishedUpload {
  /** The path of the future file. */
  readonly path: string
  /** The key of its partial: 32 hex digits. */
  readonly key: string
  /** The number of bytes in the partial. */
  readonly size: number
  /** The size of the file in bytes; absent if it is not known yet. */
  readonly length?: number | undefined
  /** The start of its first attempt, in microseconds since 1970. */
  readonly began: number
  /** The latest change to the partial, in microseconds since 1970. */
  readonly mtime: number
  /** Whether a put is writing it now. */
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

const texts = v.optional(v.pipe(v.array(text), v.readonly()))
/** What an answer about a tree leaves out; in a listing, in its last page. */
const omissions = {
  /** The number of entries whose paths this protocol cannot express. */
  unnamable: v.optional(count),
  /** The first of their paths, made printable. */
  unnamed: texts,
  /** The first directories and other entries that the server may not read. Paths are relative to the requested one. */
  unreadable: texts,
}

const error = v.object({
  /** Absent if the error concerns the connection. */
  id: v.optional(id),
  ...refusal,
})

export const replies = [
  v.object({
    id,
    type: v.literal('welcome'),
    version: count,
    server: text,
    /** SASL names of the available login mechanisms. */
    mechanisms: v.pipe(v.array(text), v.readonly()),
    limits,
  }),
  v.object({ id, type: v.literal('challenge'), message: text }),
  v.object({
    id,
    type: v.literal('accepted'),
    account: accountInfo,
    /** The final message of the mechanism, if it has one: the server's proof. */
    message: v.optional(text),
  }),
  file,
  filesReply,
  outcomesReply,
  v.object(data),
  v.object(chain),
  v.object({
    ...ack,
    /**
     * Sent only by a server: all bytes before this offset are also verified, and will not be requested again.
     */
    proven: v.optional(count),
  }),
  v.object({
    id,
    type: v.literal('ready'),
    /**
     * The number of bytes of the file that the server holds or, after `chain` frames, holds and has proven.
     * Send from here.
     */
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
    ...omissions,
  }),
  v.object({ id, type: v.literal('entry'), entry, version: v.optional(text) }),
  v.object({
    id,
    type: v.literal('digest'),
    version: text,
    /** The number of bytes that the chain covers, or the size of the file. */
    length: count,
    md5: v.optional(hex),
  }),
  v.object({
    id,
    type: v.literal('done'),
    /** The final name after a move or copy, if the policy was `rename` and the requested name was taken. */
    name: v.optional(text),
    /** The number of links and the like that a copy has left out; absent for 0. */
    leftOut: v.optional(count),
  }),
  v.object({
    id,
    type: v.literal('usage'),
    bytes: count,
    files: count,
    directories: count,
    ...omissions,
    /** The quota of the account's home, if it is limited. */
    quota: v.optional(quotaInfo),
  }),
  v.object({
    id,
    type: v.literal('uploads'),
    uploads: v.pipe(v.array(unfinishedUpload), v.readonly()),
    /** Whether this is the last page. */
    last: flag,
  }),
  ...credentialReplies,
  v.object({ id, type: v.literal('progress'), done: count, total: count }),
  error,
]
export type Reply = Readonly<v.InferOutput<(typeof replies)[number]>>
