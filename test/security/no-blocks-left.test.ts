import fs from 'node:fs'
import { encodeFrame, LIMITS } from '@ftp/protocol'
import { expect, it } from 'vitest'
import { addAccount, PASSWORD } from '../support/accounts.ts'
import { content, md5Of, wholePut } from '../support/chain.ts'
import { OneThreadServer } from '../support/one-thread-server.ts'
import { RawClient } from '../support/raw-client.ts'

/*
 * Whoever finds no block left: what needs one waits, what needs none is served, and nothing waits for ever.
 */

const MIB = LIMITS.payload
const LOOK_OFTEN = { interval: 5 }

function bytesOf(name: string): Uint8Array {
  return content(MIB, name.length * 7)
}

/** The frame of a put that carries its file. */
function putOf(name: string, id: number): Uint8Array {
  const bytes = bytesOf(name)
  return encodeFrame({ id, ...wholePut(name, bytes) }, bytes)
}

/** Begins a put, and stops in the middle of its bytes. @returns what is left to send */
async function beginPut(server: OneThreadServer, client: RawClient, name: string): Promise<Uint8Array> {
  const { taken } = server.hasher.blocks
  const frame = putOf(name, 10)
  client.write(frame.subarray(0, frame.length / 2))
  await expect.poll(() => server.hasher.blocks.taken, LOOK_OFTEN).toBe(taken + 1)
  return frame.subarray(frame.length / 2)
}

function expectStored(server: OneThreadServer, name: string): void {
  expect(Buffer.compare(fs.readFileSync(server.at(name)), bytesOf(name)), name).toBe(0)
}

it('a put waits until its account has a block for it, and neither small requests nor other accounts do', async () => {
  // Of which one owner may have two.
  await using server = await OneThreadServer.start({ blocks: 4 })
  await addAccount(server.root, 'anna')
  await using anna = await RawClient.loginAs(server.server, 'anna', PASSWORD)
  await using one = await RawClient.login(server.server)
  await using two = await RawClient.login(server.server)
  await using three = await RawClient.login(server.server)
  await using other = await RawClient.login(server.server)
  const rest = await beginPut(server, one, 'one')
  const late = await beginPut(server, two, 'second')
  three.write(putOf('the third', 10))
  const small = content(65_536)
  await other.ask(wholePut('small', small), 'stored', small)
  other.request({ type: 'get', path: 'small' })
  expect((await other.take('file')).payload).toHaveLength(small.length)
  await anna.ask(wholePut('by anna', bytesOf('by anna')), 'stored', bytesOf('by anna'))
  // Theirs are given back a moment after their answers.
  const held = (): unknown => [server.hasher.blocks.taken, fs.existsSync(server.at('the third'))]
  await expect.poll(held, LOOK_OFTEN).toEqual([2, false])
  one.write(rest)
  await one.take('stored')
  await three.take('stored')
  two.write(late)
  await two.take('stored')
  for (const name of ['one', 'second', 'the third', 'by anna']) expectStored(server, name)
  await expect.poll(() => server.hasher.blocks.taken, LOOK_OFTEN).toBe(0)
})

it.each(['that waits for a block', 'that has one'] as const)('a connection %s can be cut', async (which) => {
  await using server = await OneThreadServer.start({ blocks: 1 })
  await using one = await RawClient.login(server.server)
  await using two = await RawClient.login(server.server)
  const rest = await beginPut(server, one, 'one')
  two.write(putOf('the other', 10))
  await two.sent()
  const [cut, stays] = which === 'that has one' ? [one, two] : [two, one]
  cut.socket.resetAndDestroy()
  if (stays === one) one.write(rest)
  await stays.take('stored')
  await expect.poll(() => server.hasher.blocks.taken, LOOK_OFTEN).toBe(0)
})

it('requests that wait behind one without end give their blocks to whoever waits for one', async () => {
  // Of which one owner may have two.
  await using server = await OneThreadServer.start({ blocks: 4, yields: true })
  server.write('f', 10)
  await using hog = await RawClient.login(server.server)
  hog.request({ type: 'follow', path: 'f' })
  await hog.take('following')
  for (const name of ['a', 'bb']) hog.request(wholePut(name, bytesOf(name)), bytesOf(name))
  await expect.poll(() => server.hasher.blocks.taken, LOOK_OFTEN).toBe(2)
  await using client = await RawClient.login(server.server)
  await client.ask(wholePut('honest', bytesOf('honest')), 'stored', bytesOf('honest'))
  expectStored(server, 'honest')
})

it('requests that wait behind one without end give their blocks up, so that its end can come', async () => {
  await using server = await OneThreadServer.start({ blocks: 4, yields: true })
  server.write('f', 10)
  await using client = await RawClient.login(server.server)
  const follow = client.request({ type: 'follow', path: 'f' })
  await client.take('following')
  const names = ['a', 'bb', 'ccc', 'dddd', 'eeeee', 'ffffff', 'ggggggg']
  const ids = names.map((name) => client.request(wholePut(name, bytesOf(name)), bytesOf(name)))
  client.send({ id: follow, type: 'cancel' })
  const answers = new Map<number | undefined, string>()
  while (!ids.every((id) => answers.has(id))) {
    const received = await client.next()
    if (received === undefined) throw new Error('the connection was closed')
    const { reply } = received
    if (reply.type === 'stored' || reply.type === 'error')
      answers.set(reply.id, reply.type === 'error' ? reply.code : reply.type)
  }
  expect(answers.get(follow)).toBe('cancelled')
  const words = ids.map((id) => answers.get(id))
  expect(new Set(words)).toEqual(new Set(['busy', 'stored']))
  for (const [index, word] of words.entries()) if (word === 'stored') expectStored(server, names[index] ?? '')
  await expect.poll(() => server.hasher.blocks.taken, LOOK_OFTEN).toBe(0)
})

it('a block that arrives slowly is given back while others want it, and is whole when the rest comes', async () => {
  await using server = await OneThreadServer.start({ blocks: 1, yields: true })
  await using one = await RawClient.login(server.server)
  await using two = await RawClient.login(server.server)
  const rest = await beginPut(server, one, 'one')
  await two.ask(wholePut('the other', bytesOf('the other')), 'stored', bytesOf('the other'))
  expectStored(server, 'the other')
  one.write(rest)
  await one.take('stored')
  expectStored(server, 'one')
  await expect.poll(() => server.hasher.blocks.taken, LOOK_OFTEN).toBe(0)
})

it.each([
  ['an mget', { type: 'mget', paths: Array.from({ length: 40 }, () => 'small') }, 'files'],
  ['a digest', { type: 'digest', path: 'large' }, 'digest'],
  ['a get', { type: 'get', path: 'large', window: 64 * MIB }, 'data'],
] as const)('%s that waits for a block gets one of those that wait behind it', async (_, request, end) => {
  // Of which one owner may have eight.
  await using server = await OneThreadServer.start({ blocks: 16, yields: true })
  server.write('small', MIB)
  fs.writeFileSync(server.at('large'), '')
  fs.truncateSync(server.at('large'), 64 * MIB)
  await using client = await RawClient.login(server.server)
  const first = client.request(request)
  const ids = Array.from({ length: 8 }, (_, index) => {
    const name = 'a'.repeat(index + 1)
    return client.request(wholePut(name, bytesOf(name)), bytesOf(name))
  })
  let [ended, answered] = [false, 0]
  while (!ended || answered < ids.length) {
    const received = await client.next()
    if (received === undefined) throw new Error('the connection was closed')
    const { reply } = received
    if (reply.type === 'data') client.send({ id: first, type: 'ack', offset: reply.offset + MIB })
    if (reply.id === first)
      ended ||= reply.type === end && (end === 'digest' || ('last' in reply && reply.last === true))
    else if (reply.type === 'stored' || (reply.type === 'error' && reply.code === 'busy')) answered++
    else throw new Error(`not expected: ${JSON.stringify(reply)}`)
  }
  await expect.poll(() => server.hasher.blocks.taken, LOOK_OFTEN).toBe(0)
})

it('P-9.1: nothing follows the last block, even if the file has been touched while it was sent slowly', async () => {
  await using server = await OneThreadServer.start({ blocks: 4 })
  const bytes = server.write('slow', 2 * MIB)
  // Sending a block takes longer than it may keep its memory.
  await addAccount(server.root, 'anna', { rate: 1.5 * MIB })
  await using client = await RawClient.loginAs(server.server, 'anna', PASSWORD)
  client.request({ type: 'get', path: 'slow' })
  await client.take('file')
  await client.take('data')
  // The last block has been read by then, and less than half of it has been sent.
  await expect.poll(() => client.socket.bytesRead, LOOK_OFTEN).toBeGreaterThan(1.1 * MIB)
  fs.chmodSync(server.at('slow'), 0o600)
  const { reply, payload } = await client.take('data')
  expect(reply).toMatchObject({ offset: MIB, last: true, md5: md5Of(bytes) })
  expect(Buffer.compare(payload, bytes.subarray(MIB))).toBe(0)
  expect(await client.ask({ type: 'ping' }, 'done')).toMatchObject({ type: 'done' })
})

it('a client hears while there is no block for what it sends', async () => {
  await using server = await OneThreadServer.start({ blocks: 1 })
  await using client = await RawClient.login(server.server)
  const bytes = bytesOf('large')
  const { id = 0 } = await client.ask(
    { type: 'put', path: 'large', length: MIB, ifExists: 'replace' },
    'ready',
  )
  const block = await server.hasher.blocks.take()
  client.send({ id, type: 'data', offset: 0, md5: md5Of(bytes), last: true }, bytes)
  await client.take('progress')
  await client.take('progress')
  block[Symbol.dispose]()
  await client.takePastAcks('stored')
  expectStored(server, 'large')
})

it('the silence of a client that may not send is not held against it', async () => {
  await using server = await OneThreadServer.start({ blocks: 1, idle: 300 })
  await using client = await RawClient.login(server.server)
  const block = await server.hasher.blocks.take()
  client.write(putOf('patient', 10))
  await client.sent()
  // Whoever begins to be silent later than the client, and may send, is disconnected.
  await using silent = await RawClient.login(server.server)
  expect((await silent.rest()).map(({ reply }) => reply)).toMatchObject([{ code: 'timeout' }])
  block[Symbol.dispose]()
  await client.take('stored')
  expectStored(server, 'patient')
})
