import * as v from 'valibot'
import { credentialRequests, verifier } from './credentials.ts'
import { batchOf, count, flag, hex, id, mode, mtime, path, pathOfMany, text } from './fields.ts'
import { IF_EXISTS } from './if-exists.ts'
import { ack, chain, data } from './parts.ts'

/*
 * The messages of a client. Unknown fields are refused, because otherwise a field that the server ignores
 * would seem to have an effect.
 */

const ifExists = v.picklist(IF_EXISTS)

const get = v.strictObject({
  id,
  type: v.literal('get'),
  path,
  /** Where to start: a multiple of the block size. Default: 0. */
  offset: v.optional(count),
  /** The number of bytes: a multiple of the block size. Default: the rest of the file. */
  length: v.optional(count),
  /** Refuse with `changed` if the file has another version. */
  version: v.optional(text),
  /** The maximum number of unacknowledged bytes that the server may send. */
  window: v.optional(count),
})
export type GetRequest = Readonly<v.InferOutput<typeof get>>

const put = v.strictObject({
  id,
  type: v.literal('put'),
  path,
  /** The length of the payload in bytes, added when the frame is encoded. */
  size: v.optional(count),
  /**
   * Identifies this upload for resuming: 32 hex digits that the client chooses, always the same for the same
   * source and target.
   */
  upload: v.optional(hex),
  /**
   * Identifies the version of the client's source. Opaque. If this version has already been stored, a
   * repeated put is `stored` at once.
   */
  source: v.optional(text),
  /** The size of the file in bytes; null if the source (a pipe) does not reveal it. */
  length: v.nullable(count),
  /**
   * The MD5 of the payload, which is then the complete file. Present if the file is sent in this very frame.
   */
  md5: v.optional(hex),
  mtime: v.optional(mtime),
  mode: v.optional(mode),
  ifExists,
})
export type PutRequest = Readonly<v.InferOutput<typeof put>>

/** Requests several whole files at once. */
const mget = v.strictObject({ id, type: v.literal('mget'), paths: batchOf(pathOfMany) })
export type MgetRequest = Readonly<v.InferOutput<typeof mget>>

/** One file of an `mput`. The fields have the same meaning as in {@link PutRequest}. */
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

/** Stores several files, whose bytes follow one another in the payload of this frame. */
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
  /** Request the chaining values of all whole blocks, in `chain` frames before the answer. */
  chain: flag,
  /**
   * Covers only the first bytes of the file: a multiple of the block size. The answer then contains no `md5`.
   */
  length: v.optional(count),
})
export type DigestRequest = Readonly<v.InferOutput<typeof digest>>

const follow = v.strictObject({
  id,
  type: v.literal('follow'),
  path,
  /** The number of bytes that the client already has. Default: 0. */
  offset: v.optional(count),
  /** The MD5 of these bytes; present if there are any. */
  md5: v.optional(hex),
})
export type FollowRequest = Readonly<v.InferOutput<typeof follow>>

const setstat = v.strictObject({
  id,
  type: v.literal('setstat'),
  path,
  /** Attributes to set on a file or directory; those that are absent stay as they are. */
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
    /** Also create missing parents, and accept an existing directory. */
    parents: flag,
  }),
  setstat,
  v.strictObject({ id, type: v.literal('remove'), path, recursive: flag }),
  v.strictObject({ id, type: v.literal('move'), path, to: path, ifExists }),
  v.strictObject({ id, type: v.literal('copy'), path, to: path, ifExists, recursive: flag }),
  v.strictObject({ id, type: v.literal('usage'), path }),
  v.strictObject({ id, type: v.literal('uploads') }),
  v.strictObject({
    id,
    type: v.literal('discard'),
    path,
    /** As in the `uploads` reply. */
    key: hex,
  }),
  v.strictObject({ id, type: v.literal('passwd'), ...verifier }),
  ...credentialRequests,
  v.strictObject({ id, type: v.literal('ping') }),
]
/** A request as the server receives it, with validated paths. */
export type Request = Readonly<v.InferOutput<(typeof requests)[number]>>
/** A request as the client sends it, with paths as on the wire. */
export type SentRequest = Readonly<v.InferInput<(typeof requests)[number]>>

/** The messages that a client may send besides requests. Each is part of the exchange with its `id`. */
export const clientParts = [
  v.strictObject(data),
  v.strictObject(chain),
  v.strictObject(ack),
  /** The client's answer to a `challenge`, in the exchange that `login` began. */
  v.strictObject({ id, type: v.literal('response'), message: text }),
  v.strictObject({ id, type: v.literal('cancel') }),
]
export type ClientPart = Readonly<v.InferOutput<(typeof clientParts)[number]>>

export type ClientMessage = Request | ClientPart
