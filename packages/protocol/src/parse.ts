import * as v from 'valibot'
import { type ErrorCode, isErrorCode, TransferError } from './errors.ts'
import { count, entries, entry, files, hex, id, key, mode, mtime, outcomes, text } from './fields.ts'
import { IF_EXISTS } from './if-exists.ts'
import { LIMITS } from './limits.ts'
import type { ClientMessage, Reply } from './messages.ts'

/*
 * `unknown` in, union out. A client's message is refused for any key that is not in its schema: a field that the
 * server would not honour must not look honoured. A server's reply may have more keys than this version knows.
 */

const flag = v.exactOptional(v.boolean())
const size = v.exactOptional(count)
const ifExists = v.picklist(IF_EXISTS)

const data = { id, type: v.literal('data'), offset: count, size, md5: hex, last: flag }
const chain = { id, type: v.literal('chain'), offset: count, size, last: flag, md5: v.exactOptional(hex) }
const ack = { id, type: v.literal('ack'), offset: count }

const wholePut = v.strictObject({
  path: text,
  length: count,
  md5: hex,
  mtime: v.exactOptional(mtime),
  mode: v.exactOptional(mode),
  upload: v.exactOptional(hex),
  source: v.exactOptional(text),
})

const clientMessages = byType<ClientMessage>([
  v.strictObject({
    id,
    type: v.literal('hello'),
    versions: v.pipe(v.array(count), v.maxLength(16)),
    client: text,
  }),
  v.strictObject({ id, type: v.literal('login'), mechanism: text, message: v.exactOptional(text) }),
  v.strictObject({
    id,
    type: v.literal('get'),
    path: text,
    offset: v.exactOptional(count),
    length: v.exactOptional(count),
    version: v.exactOptional(text),
    window: v.exactOptional(count),
  }),
  v.strictObject({
    id,
    type: v.literal('put'),
    path: text,
    size,
    upload: v.exactOptional(hex),
    source: v.exactOptional(text),
    length: v.nullable(count),
    md5: v.exactOptional(hex),
    mtime: v.exactOptional(mtime),
    mode: v.exactOptional(mode),
    ifExists,
  }),
  v.strictObject({
    id,
    type: v.literal('mget'),
    paths: v.pipe(v.array(text), v.minLength(1), v.maxLength(LIMITS.files)),
  }),
  v.strictObject({
    id,
    type: v.literal('mput'),
    size,
    ifExists,
    files: v.pipe(v.array(wholePut), v.minLength(1), v.maxLength(LIMITS.files)),
  }),
  v.strictObject({ id, type: v.literal('list'), path: text, recursive: flag }),
  v.strictObject({ id, type: v.literal('stat'), path: text }),
  v.strictObject({ id, type: v.literal('digest'), path: text, chain: flag, length: v.exactOptional(count) }),
  v.strictObject({
    id,
    type: v.literal('follow'),
    path: text,
    offset: v.exactOptional(count),
    md5: v.exactOptional(hex),
  }),
  v.strictObject({ id, type: v.literal('mkdir'), path: text, parents: flag }),
  v.strictObject({
    id,
    type: v.literal('setstat'),
    path: text,
    mtime: v.exactOptional(mtime),
    mode: v.exactOptional(mode),
  }),
  v.strictObject({ id, type: v.literal('remove'), path: text, recursive: flag }),
  v.strictObject({ id, type: v.literal('move'), path: text, to: text, ifExists }),
  v.strictObject({ id, type: v.literal('usage'), path: text }),
  v.strictObject({ id, type: v.literal('uploads') }),
  v.strictObject({ id, type: v.literal('discard'), path: text, key: hex }),
  v.strictObject({
    id,
    type: v.literal('passwd'),
    salt: hex,
    iterations: count,
    storedKey: key,
    serverKey: key,
  }),
  v.strictObject({ id, type: v.literal('ping') }),
  v.strictObject(data),
  v.strictObject(chain),
  v.strictObject(ack),
  v.strictObject({ id, type: v.literal('response'), message: text }),
  v.strictObject({ id, type: v.literal('cancel') }),
])

const announcedLimits = v.object({ header: count, payload: count, requests: count, requestBytes: count })
const limited = v.exactOptional(v.object({ limit: count, used: count }))
const quota = v.object({ bytes: limited, files: limited })
const account = v.object({
  name: text,
  permissions: v.array(text),
  home: text,
  quota: v.exactOptional(quota),
})

const upload = v.object({
  path: text,
  key: hex,
  size: count,
  length: v.exactOptional(count),
  began: mtime,
  mtime,
  running: flag,
})

const replies = byType<Reply>([
  v.object({
    id,
    type: v.literal('welcome'),
    version: count,
    server: text,
    mechanisms: v.array(text),
    limits: announcedLimits,
  }),
  v.object({ id, type: v.literal('challenge'), message: text }),
  v.object({ id, type: v.literal('accepted'), account, message: v.exactOptional(text) }),
  v.object({
    id,
    type: v.literal('file'),
    entry,
    version: text,
    offset: count,
    chain: hex,
    length: count,
    md5: v.exactOptional(hex),
    last: flag,
  }),
  v.object({
    id,
    type: v.literal('files'),
    files,
    last: flag,
  }),
  v.object({
    id,
    type: v.literal('outcomes'),
    outcomes,
  }),
  v.object(data),
  v.object(chain),
  v.object({ ...ack, proven: v.optional(count) }),
  v.object({ id, type: v.literal('ready'), offset: count, window: count }),
  v.object({ id, type: v.literal('resend'), offset: count }),
  v.object({ id, type: v.literal('following'), entry }),
  v.object({ id, type: v.literal('stored'), entry }),
  v.object({ id, type: v.literal('skipped'), entry }),
  v.object({
    id,
    type: v.literal('entries'),
    entries,
    last: flag,
    unnamable: v.exactOptional(count),
  }),
  v.object({ id, type: v.literal('entry'), entry, version: v.exactOptional(text) }),
  v.object({ id, type: v.literal('digest'), version: text, length: count, md5: v.exactOptional(hex) }),
  v.object({ id, type: v.literal('done'), name: v.exactOptional(text) }),
  v.object({
    id,
    type: v.literal('usage'),
    bytes: count,
    files: count,
    directories: count,
    unreadable: v.exactOptional(v.array(text)),
    quota: v.exactOptional(quota),
  }),
  v.object({ id, type: v.literal('uploads'), uploads: v.array(upload), last: flag }),
  v.object({ id, type: v.literal('progress'), done: count, total: count }),
  v.object({
    id: v.exactOptional(id),
    type: v.literal('error'),
    code: v.custom<ErrorCode>(isErrorCode),
    // Not `text`: it may quote a long path, and whatever it says, the code must be seen.
    message: v.string(),
  }),
])

/**
 * Reads the header of a frame that a client sent.
 * @throws TransferError `protocol` when it has no usable `id`, `unsupported` for a type this version does not know,
 * `bad_request` for a field that is missing, unknown or invalid
 */
export function parseClientMessage(header: object): ClientMessage {
  const type = typeOf(header)
  const schema = clientMessages.get(type)
  const result = schema && v.safeParse(schema, header)
  if (result?.success) return result.output
  idOf(header)
  if (type === undefined) throw new TransferError('protocol', 'a message without a type')
  if (result === undefined) throw new TransferError('unsupported', 'this server does not know that request')
  const issue = result.issues[0]
  const field = v.getDotPath(issue) ?? 'message'
  const why =
    issue.type === 'strict_object' && issue.expected === 'never' ? 'not known' : 'missing or invalid'
  throw new TransferError('bad_request', `${type}: the field "${field}" is ${why}`)
}

/**
 * The id of a message that could not be parsed, for answering it.
 * @throws TransferError `protocol`
 */
export function idOf(header: object): number {
  const result = v.safeParse(id, 'id' in header ? header.id : undefined)
  if (!result.success) throw new TransferError('protocol', 'a message without a valid id')
  return result.output
}

/**
 * Reads the header of a frame that a server sent.
 * @throws TransferError `protocol`
 */
export function parseReply(header: object): Reply {
  const schema = replies.get(typeOf(header))
  const result = schema && v.safeParse(schema, header)
  if (result?.success) return result.output
  const why = result?.issues[0].message ?? 'a reply of no known type'
  throw new TransferError('protocol', `the server sent something that is not FTX 1: ${why}`)
}

function typeOf(header: object): string | undefined {
  const type: unknown = 'type' in header ? header.type : undefined
  return typeof type === 'string' ? type : undefined
}

/** One look instead of a try at each, which is what valibot's variant does. */
function byType<M extends { readonly type: string }>(
  schemas: readonly (v.GenericSchema<unknown, M> & Typed)[],
): ReadonlyMap<string | undefined, v.GenericSchema<unknown, M>> {
  return new Map(schemas.map((schema) => [schema.entries.type.literal, schema]))
}

/** An object schema that says what type of message it is for. */
interface Typed {
  readonly entries: { readonly type: { readonly literal: string } }
}
