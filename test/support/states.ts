import { LIMITS } from '@ftp/protocol'
import { expect } from 'vitest'
import { PASSWORD } from './accounts.ts'
import type { State } from './corpus.ts'
import { type Destination, RawClient, type Received } from './raw-client.ts'

const NONCE = '0123456789abcdef'

/**
 * A conversation in the given state, and the values of the corpus's placeholders in it. The server has the
 * files `f` and `large`, and the accounts `anna` and `reader`.
 */
export async function enter(
  folder: { readonly server: Destination },
  state: State,
): Promise<{ readonly client: RawClient; readonly ids: Readonly<Record<string, number | string>> }> {
  switch (state) {
    case 'connected':
      return { client: await RawClient.connect(folder.server), ids: { next: 1 } }
    case 'greeted':
    case 'challenged': {
      const client = await RawClient.connect(folder.server)
      client.hello()
      await client.take('welcome')
      if (state === 'greeted') return { client, ids: { next: 2 } }
      const message = `n,,n=anna,r=${NONCE}`
      const login = client.request({ type: 'login', mechanism: 'SCRAM-SHA-256', message })
      const { reply } = await client.take('challenge')
      const nonce = /^r=([^,]+)/.exec(reply.message)?.[1] ?? ''
      return { client, ids: { next: 3, login, nonce } }
    }
    case 'serving':
      return { client: await RawClient.login(folder.server), ids: { next: 3 } }
    case 'reading':
      return { client: await RawClient.loginAs(folder.server, 'reader', PASSWORD), ids: { next: 3 } }
    case 'receiving': {
      const client = await RawClient.login(folder.server)
      const put = { type: 'put', path: 'half', length: 3 * LIMITS.payload, ifExists: 'replace' }
      const current = client.request(put)
      await client.take('ready')
      return { client, ids: { next: current + 1, current } }
    }
    case 'sending': {
      const client = await RawClient.login(folder.server)
      const current = client.request({ type: 'get', path: 'large', window: LIMITS.payload })
      await client.take('file')
      await client.take('data')
      return { client, ids: { next: current + 1, current } }
    }
    default:
      return state satisfies never
  }
}

/** Ends the request that is running, and takes the next reply to the bad one. */
export async function replyTo(
  client: RawClient,
  id: number,
  current: number | undefined,
): Promise<Received['reply']> {
  if (current !== undefined && current !== id) client.send({ id: current, type: 'cancel' })
  for (;;) {
    const received = await client.next()
    if (received === undefined) throw new Error('the connection was closed')
    if (received.reply.type !== 'progress' && received.reply.id === id) return received.reply
  }
}

/** Expects that the connection is still fully usable, whatever else has been answered in the meantime. */
export async function expectServed(client: RawClient): Promise<void> {
  const id = client.request({ type: 'ping' })
  for (;;) {
    const received = await client.next()
    if (received === undefined) throw new Error('the connection was closed')
    if (received.reply.id === id) return expect(received.reply.type).toBe('done')
  }
}
