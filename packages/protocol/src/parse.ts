import * as v from 'valibot'
import { TransferError } from './errors.ts'
import { id, isPathIssue } from './fields.ts'
import { type Reply, replies } from './replies.ts'
import { type ClientMessage, clientParts, requests } from './requests.ts'

const CLIENT_MESSAGES = byType([...requests, ...clientParts])
const REPLIES = byType(replies)

/**
 * Parses the header of a frame from a client.
 * @throws TransferError `protocol` if it has no usable `id`, `unsupported` if this version does not know the
 * type, `bad_request` if a field is missing, unknown or invalid, `name` if a path is not allowed
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
 * The id of a message that could not be parsed, so that it can be answered.
 * @throws TransferError `protocol`
 */
export function idOf(header: object): number {
  const result = v.safeParse(id, 'id' in header ? header.id : undefined)
  if (!result.success) throw new TransferError('protocol', 'a message without a valid id')
  return result.output
}

/**
 * Parses the header of a frame from a server.
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

/** Looks the schema up by type, whereas valibot's variant would try one schema after another. */
function byType<S extends MessageSchema>(schemas: readonly S[]): ReadonlyMap<string | undefined, S> {
  return new Map(schemas.map((schema) => [schema.entries.type.literal, schema]))
}

/** An object schema with a literal message type. */
type MessageSchema = v.GenericSchema & {
  readonly entries: { readonly type: { readonly literal: string } }
}
