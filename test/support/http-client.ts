import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import { text } from 'node:stream/consumers'
import tls from 'node:tls'

/** An answer, read to its end. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Buffer
}

export interface HttpRequest {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** `user:password` */
  readonly as?: string
}

/** Where a server listens; in plaintext, it has no fingerprint. */
export interface HttpDestination {
  readonly host: string
  readonly port: number
  readonly fingerprint: string | undefined
}

/** Sends one request on a connection of its own. The path is sent as it is. */
export async function request(
  { host, port, fingerprint }: HttpDestination,
  path: string,
  { method = 'GET', headers = {}, body, as }: HttpRequest = {},
): Promise<Answer> {
  const { request: send } = fingerprint === undefined ? http : https
  const auth = as === undefined ? {} : { authorization: `Basic ${Buffer.from(as).toString('base64')}` }
  const options = { host, port, path, method, headers: { ...auth, ...headers }, rejectUnauthorized: false }
  const sent = send({ ...options, agent: false })
  // A server that refuses a request need not read its body to the end.
  sent.on('error', () => {})
  sent.end(body)
  const [response]: http.IncomingMessage[] = await once(sent, 'response')
  if (response === undefined) throw new Error('there was no answer')
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  const received: Record<string, string | undefined> = {}
  for (const [name, value] of Object.entries(response.headers)) received[name] = String(value)
  return { status: response.statusCode ?? 0, headers: received, body: Buffer.concat(chunks) }
}

/**
 * Sends these very bytes on one connection.
 * @param isEnded whether no more follows; otherwise, only the server closes the connection
 * @returns everything that comes until the connection is closed
 */
export async function raw(
  { host, port, fingerprint }: HttpDestination,
  bytes: string | Uint8Array,
  isEnded = false,
): Promise<string> {
  const socket =
    fingerprint === undefined
      ? net.connect({ host, port })
      : tls.connect({ host, port, rejectUnauthorized: false })
  socket.on('error', () => {})
  if (isEnded) socket.end(bytes)
  else socket.write(bytes)
  return await text(socket).catch(() => '')
}
