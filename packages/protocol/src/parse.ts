import * as v from 'valibot'
import { TransferError } from './errors.ts'
import { id, isPathIssue } from './fields.ts'
import { type Reply, replies } from './replies.ts'
import { type ClientMessage, clientParts, requests } from './requests.ts'

const CLIENT_MESSAGES = byType([...requests, ...clientParts])
const REPLIES = byType(replies)

/**
 * Reads the header of a frame that a client sent.
 * @throws TransferError `protocol` when it has no usable `id`, `unsupported` for a type this version does not know,
 * `bad_request` for a field that is missing, unknown or invalid, `name` for a path that is not allowed
 */
export function parseClientMessage(header: object): ClientMessage {
  const type = typeOf(header)
  const schema = CLIENT_MESSAGES.get(type)
  const result = schema && v.safeParse(schema, header)
  if (result?.success) return result.output
  idOf(header)
  if (type === undefined) throw new TransferError('protocol', 'a message without a type')
  if (result === undefined) throw new TransferError('unsupported', 'this server does not know that request')
  const issue = result.issues.find((one) => !isPathIssue(one))
  if (issue === undefined) throw new TransferError('name', result.issues[0].message)
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
  const schema = REPLIES.get(typeOf(header))
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
function byType<S extends MessageSchema>(schemas: readonly S[]): ReadonlyMap<string | undefined, S> {
  return new Map(schemas.map((schema) => [schema.entries.type.literal, schema]))
}

/** An object schema that says what type of message it is for. */
type MessageSchema = v.GenericSchema & {
  readonly entries: { readonly type: { readonly literal: string } }
}
