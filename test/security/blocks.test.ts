import { type ClientMessage, encodeFrame, LIMITS } from '@ftp/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAccount } from '../support/accounts.ts'
import { content } from '../support/chain.ts'
import { bytesOf, type CorpusRow, reactionIn, readCorpus, STATES, type State } from '../support/corpus.ts'
import { MESSAGES } from '../support/messages.ts'
import { OneThreadServer } from '../support/one-thread-server.ts'
import type { RawClient } from '../support/raw-client.ts'
import { enter } from '../support/states.ts'

/*
 * Whatever a client sends, and wherever it stops: all blocks of the server's thread come back, at once where the connection
 * is kept, else with its end. A block that does not come back is lost until the server is started again.
 */

const BLOCK = content(LIMITS.payload)
/** Takes a block as well, and is too long to be kept outside of one. */
const SHORT = BLOCK.subarray(0, 65_537)
const LOGGED_IN: readonly State[] = ['serving', 'receiving', 'sending', 'reading']
/** A row that is repeated more often is sent without blocks: each would take some of the server's memory. */
const FEW = 8
/** A block is behind each row in every state in which the client is logged in; otherwise in one of them. */
const THOROUGH = process.env['ALL_BLOCKS'] !== undefined

let server: OneThreadServer
beforeAll(async () => {
  server = await OneThreadServer.start()
  server.write('f', 6)
  server.write('large', 3 * LIMITS.payload)
  await addAccount(server.root, 'anna')
  await addAccount(server.root, 'reader', { permissions: ['list', 'read'] })
})
afterAll(async () => {
  const { faults } = server
  await server[Symbol.asyncDispose]()
  expect(faults).toEqual([])
})

const LOOK_OFTEN = { interval: 2 }

async function expectAllBack(why: string): Promise<void> {
  await expect.poll(() => server.hasher.blocks.taken, { ...LOOK_OFTEN, message: why }).toBe(0)
}

/** How a client stops. */
const ENDS = {
  end: (client: RawClient) => client.socket.end(),
  reset: (client: RawClient) => client.socket.resetAndDestroy(),
} as const
type End = keyof typeof ENDS

/** Sends bytes in a state, and expects all blocks back before and after the end of the connection. */
async function expectBlocksBack(
  state: State,
  bytesIn: (ids: Readonly<Record<string, number | string>>) => Uint8Array,
  end?: End,
): Promise<void> {
  const { client, ids } = await enter(server, state)
  await using _client = client
  client.write(bytesIn(ids))
  if (end === undefined) {
    await answered(client, Number(ids['current'] ?? 0))
    await expectAllBack(`in ${state}, with the connection open`)
  } else ENDS[end](client)
  client.socket.destroy()
  await expect.poll(() => server.connections, LOOK_OFTEN).toBe(0)
  await expectAllBack(`in ${state}, after ${end ?? 'its end'}`)
}

/** Resolves when everything that was sent has been answered, or the connection is closed. */
async function answered(client: RawClient, current: number): Promise<void> {
  // Neither a follow nor a put that waits for its data ends by itself. Ids grow: this one is above all that were sent.
  const last = 1_000_000
  client.used(last)
  for (let id = Math.max(1, current); id < current + 2 * FEW; id++) client.send({ id, type: 'cancel' })
  const ping = client.request({ type: 'ping' })
  for (let received = await client.next(); received !== undefined; received = await client.next())
    if (received.reply.id === ping) return
}

/** The frames of a row with a whole block behind each; undefined where there are none, or too many. */
function withBlocks(row: CorpusRow, ids: Readonly<Record<string, number | string>>): Buffer | undefined {
  const { header, frames, payload, times = 1 } = row.input
  if ((header === undefined && frames === undefined) || payload !== undefined || times > FEW) return undefined
  return bytesOf({ ...row, input: { ...row.input, payload: SHORT.length } }, ids)
}

const ROWS = readCorpus()

/** The states in which a row is sent with a block behind it, too. */
function withBlocksIn(row: CorpusRow): readonly State[] {
  if (withBlocks(row, { next: 3 }) === undefined) return []
  const states = LOGGED_IN.filter((state) => reactionIn(row, state) !== undefined)
  return THOROUGH
    ? states
    : [states[ROWS.indexOf(row) % states.length]].filter((state) => state !== undefined)
}

describe.each(STATES)('all blocks are back in the state %s', (state) => {
  const rows = ROWS.filter((row) => reactionIn(row, state) !== undefined)
  it.each(rows.map((row) => [row.id, row.title, row] as const))('after %s: %s', async (_id, _title, row) => {
    // What is incomplete is answered only when it ends.
    await expectBlocksBack(state, (ids) => bytesOf(row, ids), row.input.then ?? 'reset')
    if (!withBlocksIn(row).includes(state)) return
    await expectBlocksBack(state, (ids) => withBlocks(row, ids) ?? SHORT)
  })
})

function half(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, Math.ceil(bytes.length / 2))
}

describe.each(LOGGED_IN)('all blocks are back in the state %s', (state) => {
  const types = Object.keys(MESSAGES) as ClientMessage['type'][]
  it.each(types)('after a %s with a block behind it, whole or cut, under any id', async (type) => {
    const { payload: _, ...fields } = MESSAGES[type]
    // Only whole blocks of a file are stored.
    const bytes = type === 'data' ? BLOCK : SHORT
    for (const under of ['next', 'current'] as const) {
      const message = (ids: Readonly<Record<string, number | string>>): Uint8Array =>
        encodeFrame({ id: Number(ids[under] ?? 1), type, ...fields }, bytes)
      await expectBlocksBack(state, message)
      // Several, so that some wait behind others; and one that stops in its middle.
      await expectBlocksBack(state, (ids) => Buffer.concat([1, 2, 3].map(() => message(ids))), 'end')
      await expectBlocksBack(state, (ids) => half(message(ids)), under === 'next' ? 'end' : 'reset')
    }
  })
})
