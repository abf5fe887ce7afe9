import * as v from 'valibot'
import type { Exchange } from './exchange.ts'
import { Refusal } from './problem.ts'

/** The maximum length of a JSON body in bytes. */
const LONGEST = 65_536

const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads the JSON body of a request.
 * @param schema unknown fields should be refused by it: a field that the server ignores would seem to have an effect
 * @throws Refusal 413, 415, 400; TransferError `lost`
 */
export async function jsonBody<T>(exchange: Exchange, schema: v.GenericSchema<unknown, T>): Promise<T> {
  // No form of another site can send this type without the permission of this server.
  if (exchange.header('content-type')?.split(';')[0]?.trim().toLowerCase() !== 'application/json')
    throw new Refusal(415, 'unsupported', 'the body has the Content-Type application/json')
  const parsed = v.safeParse(schema, parse(await wholeBody(exchange)))
  if (parsed.success) return parsed.output
  const [issue] = parsed.issues
  const field = v.getDotPath(issue)
  throw new Refusal(400, 'bad_request', field === null ? issue.message : `${field}: ${issue.message}`)
}

async function wholeBody({ body }: Exchange): Promise<Uint8Array> {
  if ((body.length ?? 0) > LONGEST) throw tooLong()
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body.bytes()) {
    length += chunk.length
    if (length > LONGEST) throw tooLong()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function tooLong(): Refusal {
  return new Refusal(413, 'too_large', `the body has more than ${LONGEST} bytes`)
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes))
  } catch {
    throw new Refusal(400, 'bad_request', 'the body is not JSON in UTF-8')
  }
}
