import { ERROR_CODES, isErrorCode, LIMITS } from '@ftp/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAccount } from '../support/accounts.ts'
import { content } from '../support/chain.ts'
import { STATES, type State } from '../support/corpus.ts'
import { MESSAGES, type MessageType } from '../support/messages.ts'
import { ServedFolder } from '../support/served-folder.ts'
import { enter, expectServed, replyTo } from '../support/states.ts'

/*
 * Every message in every state of a conversation: what is answered, and that the connection is as good as before
 * where it is kept.
 */

type Type = MessageType

const LARGE = content(3 * LIMITS.payload)

const TYPES = Object.keys(MESSAGES) as Type[]
const REQUESTS: Readonly<Partial<Record<Type, string>>> = {
  ...{ get: 'file', follow: 'following', put: 'stored', list: 'entries', stat: 'entry', digest: 'digest' },
  ...{
    mget: 'files',
    mput: 'outcomes',
    mkdir: 'done',
    setstat: 'done',
    remove: 'done',
    move: 'done',
    copy: 'done',
  },
  ...{ usage: 'usage', uploads: 'uploads', discard: 'not_found', ping: 'done' },
  // Whoever is anonymous has no password, no tokens and no links.
  ...{ passwd: 'forbidden', token: 'forbidden', tokens: 'forbidden', revoke: 'forbidden' },
  ...{ share: 'forbidden', shares: 'forbidden', unshare: 'forbidden' },
}
/** What an account is answered instead. */
const OWN: Readonly<Partial<Record<Type, string>>> = {
  ...{ passwd: 'bad_request', token: 'bad_request', tokens: 'tokens', revoke: 'not_found' },
  ...{ share: 'bad_request', shares: 'shares', unshare: 'not_found' },
}
/** What an account needs the rights for that `reader` has not. */
const WRITES: readonly Type[] = ['put', 'uploads', 'discard', 'mkdir', 'setstat', 'remove', 'move', 'copy']

/** The answer under a new id: an error code, a type of reply; `ignored` is none. */
function answerTo(type: Type, state: State): string {
  switch (state) {
    case 'connected':
      return type === 'hello' ? 'welcome' : 'protocol'
    case 'greeted':
      return type === 'login' ? 'accepted' : 'protocol'
    case 'challenged':
      // Under the id of its login it would be a login that fails.
      return 'protocol'
    case 'reading':
      return WRITES.includes(type) ? 'forbidden' : (OWN[type] ?? REQUESTS[type] ?? 'protocol')
    case 'serving':
    case 'receiving':
    case 'sending':
      return REQUESTS[type] ?? 'protocol'
    default:
      return state satisfies never
  }
}

/** The answer to a part of the exchange that is running. */
const PARTS: Readonly<Partial<Record<State, Readonly<Partial<Record<Type, string>>>>>> = {
  challenged: { response: 'login', data: 'protocol', chain: 'protocol', ack: 'protocol', cancel: 'protocol' },
  receiving: { data: 'ack', chain: 'protocol', ack: 'ignored', cancel: 'cancelled' },
  sending: { data: 'protocol', chain: 'protocol', ack: 'ignored', cancel: 'cancelled' },
}

let folder: ServedFolder
beforeAll(async () => {
  folder = await ServedFolder.start()
  folder.write('f', 'a file')
  folder.write('large', LARGE)
  await addAccount(folder.root, 'anna')
  await addAccount(folder.root, 'reader', { permissions: ['list', 'read'] })
})
afterAll(() => folder[Symbol.asyncDispose]())

async function expectAnswer(
  state: State,
  type: Type,
  under: 'next' | 'running',
  expected: string,
): Promise<void> {
  if (type === 'remove') folder.write('put', 'to be removed')
  const { client, ids } = await enter(folder, state)
  await using _client = client
  const current = ids['current'] === undefined ? undefined : Number(ids['current'])
  const id = under === 'next' ? Number(ids['next']) : (current ?? Number(ids['login']))
  client.used(Number(ids['next']))
  const { payload, ...fields } = MESSAGES[type]
  client.send({ id, type, ...fields }, payload)
  if (isErrorCode(expected) && ERROR_CODES[expected].connection === 'closed') {
    const errors = (await client.rest()).filter(({ reply }) => reply.type === 'error')
    expect(errors).toMatchObject([{ reply: { code: expected } }])
    expect(errors[0]?.reply).not.toHaveProperty('id')
    return
  }
  if (expected !== 'ignored') {
    const reply = await replyTo(client, id, under === 'next' ? current : undefined)
    expect(reply).toMatchObject(
      isErrorCode(expected) ? { type: 'error', code: expected } : { type: expected },
    )
  }
  if (state === 'connected' || state === 'greeted') return
  // Neither ends by itself.
  for (const endless of [current, type === 'follow' && expected === 'following' ? id : undefined])
    if (endless !== undefined) client.send({ id: endless, type: 'cancel' })
  await expectServed(client)
}

describe.each(STATES)('%s', (state) => {
  it.each(TYPES.map((type) => [type, answerTo(type, state)] as const))('a new %s: %s', (type, expected) =>
    expectAnswer(state, type, 'next', expected),
  )

  const parts = Object.entries(PARTS[state] ?? {}) as [Type, string][]
  for (const [type, expected] of parts)
    it(`a ${type} of what is running: ${expected}`, () => expectAnswer(state, type, 'running', expected))
})

it('parts of a request that has been answered are passed over', async () => {
  const { client } = await enter(folder, 'serving')
  await using _client = client
  const id = client.request({ type: 'ping' })
  await client.take('done')
  for (const type of ['data', 'chain', 'ack', 'cancel'] as const) {
    const { payload, ...fields } = MESSAGES[type]
    client.send({ id, type, ...fields }, payload)
  }
  await expectServed(client)
})

it('nothing of it is a fault of the server', () => {
  expect(folder.faults).toEqual([])
})
