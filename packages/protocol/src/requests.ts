import * as v from 'valibot'
import { batchOf, count, flag, hex, id, key, mode, mtime, path, pathOfMany, text } from './fields.ts'
import { IF_EXISTS } from './if-exists.ts'
import { ack, chain, data } from './parts.ts'

/*
 * What a client sends. A field that is not in the schema is refused: what the server would not honour must not look
 * honoured.
 */

const ifExists = v.picklist(IF_EXISTS)

const get = v.strictObject({
  id,
  type: v.literal('get'),
  path,
  /** Where to start: a multiple of the block size. Default 0. */
  offset: v.optional(count),
  /** How many bytes: a multiple of the block size. Default: the rest. */
  length: v.optional(count),
  /** Refuse with `changed` unless the file still has this version. */
  version: v.optional(text),
  /** Unacknowledged bytes that the server may send ahead. */
  window: v.optional(count),
})
export type GetRequest = Readonly<v.InferOutput<typeof get>>

const put = v.strictObject({
  id,
  type: v.literal('put'),
  path,
  /** Bytes of payload: whoever writes the frame adds it. */
  size: v.optional(count),
  /** Names this upload for resuming: 32 hex digits, chosen by the client, the same for the same source and target. */
  upload: v.optional(hex),
  /** Names the version of the client's source. Opaque. A repeated put of a version that has been stored is `stored` at once. */
  source: v.optional(text),
  /** Size of the file; null while the source does not tell (a pipe). */
  length: v.nullable(count),
  /** MD5 of the payload, with which the file is complete: present for a file sent in this very frame. */
  md5: v.optional(hex),
  mtime: v.optional(mtime),
  mode: v.optional(mode),
  ifExists,
})
export type PutRequest = Readonly<v.InferOutput<typeof put>>

/** Whole files, several at once. */
const mget = v.strictObject({ id, type: v.literal('mget'), paths: batchOf(pathOfMany) })
export type MgetRequest = Readonly<v.InferOutput<typeof mget>>

/** One file of an `mput`; fields are as in {@link PutRequest}. */
const wholePut = v.strictObject({
  path: pathOfMany,
  length: count,
  md5: hex,
  mtime: v.optional(mtime),
  mode: v.optional(mode),
  upload: v.optional(hex),
  source: v.optional(text),
})
export type WholePut = Readonly<v.InferOutput<typeof wholePut>>
/** As the client sends it. */
export type SentWholePut = Readonly<v.InferInput<typeof wholePut>>

/** Files whose bytes are this frame's payload, one after the other. */
const mput = v.strictObject({
  id,
  type: v.literal('mput'),
  /** As in {@link put}. */
  size: v.optional(count),
  ifExists,
  files: batchOf(wholePut),
})
export type MputRequest = Readonly<v.InferOutput<typeof mput>>

const digest = v.strictObject({
  id,
  type: v.literal('digest'),
  path,
  /** Ask for the chaining values of all whole blocks, in `chain` frames before the answer. */
  chain: flag,
  /** Only of the first bytes of the file: a multiple of the block size. No `md5` is answered then. */
  length: v.optional(count),
})
export type DigestRequest = Readonly<v.InferOutput<typeof digest>>

const follow = v.strictObject({
  id,
  type: v.literal('follow'),
  path,
  /** Bytes that the client has. Default 0. */
  offset: v.optional(count),
  /** MD5 of these bytes; present where there are any. */
  md5: v.optional(hex),
})
export type FollowRequest = Readonly<v.InferOutput<typeof follow>>

const setstat = v.strictObject({
  id,
  type: v.literal('setstat'),
  path,
  /** What a file or directory gets; what is absent stays. */
  mtime: v.optional(mtime),
  mode: v.optional(mode),
})

export const requests = [
  v.strictObject({
    id,
    type: v.literal('hello'),
    versions: v.pipe(v.array(count), v.maxLength(16), v.readonly()),
    client: text,
  }),
  v.strictObject({ id, type: v.literal('login'), mechanism: text, message: v.optional(text) }),
  get,
  put,
  mget,
  mput,
  v.strictObject({ id, type: v.literal('list'), path, recursive: flag }),
  v.strictObject({ id, type: v.literal('stat'), path }),
  digest,
  follow,
  v.strictObject({
    id,
    type: v.literal('mkdir'),
    path,
    /** Make those above it too, and be content with one that exists. */
    parents: flag,
  }),
  setstat,
  v.strictObject({ id, type: v.literal('remove'), path, recursive: flag }),
  v.strictObject({ id, type: v.literal('move'), path, to: path, ifExists }),
  v.strictObject({ id, type: v.literal('usage'), path }),
  v.strictObject({ id, type: v.literal('uploads') }),
  v.strictObject({
    id,
    type: v.literal('discard'),
    path,
    /** As in the `uploads` reply. */
    key: hex,
  }),
  /** What a new password is checked against (RFC 5802, section 3), in hex. */
  v.strictObject({
    id,
    type: v.literal('passwd'),
    salt: hex,
    iterations: count,
    storedKey: key,
    serverKey: key,
  }),
  v.strictObject({ id, type: v.literal('ping') }),
]
/** As the server has it, with paths that have been checked. */
export type Request = Readonly<v.InferOutput<(typeof requests)[number]>>
/** As the client sends it, with paths as they stand on the wire. */
export type SentRequest = Readonly<v.InferInput<(typeof requests)[number]>>

/** What a client may send besides requests: parts of the exchange that its `id` names. */
export const clientParts = [
  v.strictObject(data),
  v.strictObject(chain),
  v.strictObject(ack),
  /** The client's answer to a `challenge`, part of the exchange that `login` began. */
  v.strictObject({ id, type: v.literal('response'), message: text }),
  v.strictObject({ id, type: v.literal('cancel') }),
]
export type ClientPart = Readonly<v.InferOutput<(typeof clientParts)[number]>>

export type ClientMessage = Request | ClientPart
