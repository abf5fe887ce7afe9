import { once } from 'node:events'
import net from 'node:net'
import { TransferError } from '@ftp/protocol'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Address, openSocket } from './socket.ts'

const NEVER = new AbortController().signal

let server: net.Server
let address: Address
let met: number
beforeEach(async () => {
  met = 0
  server = net.createServer((socket) => {
    met++
    socket.on('error', () => {}).resume()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('no port')
  address = { host: '127.0.0.1', port: bound.port }
})
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve))
})

it('a connection is opened to a server that listens', async () => {
  const socket = await openSocket(address, { timeoutMs: 60_000, signal: NEVER })
  expect(socket.listenerCount('error')).toBe(0)
  socket.destroy()
})

it('after an interruption no connection is begun', async () => {
  const reason = new TransferError('aborted', 'interrupted')
  await expect(openSocket(address, { timeoutMs: 60_000, signal: AbortSignal.abort(reason) })).rejects.toBe(
    reason,
  )
  expect(met).toBe(0)
})

it('an interruption while it is opened ends it, with the reason', async () => {
  const interrupt = new AbortController()
  const reason = new TransferError('aborted', 'interrupted')
  const opening = openSocket(address, { timeoutMs: 60_000, signal: interrupt.signal })
  interrupt.abort(reason)
  await expect(opening).rejects.toBe(reason)
})

it('where nothing listens, the failure says what to check', async () => {
  // One that no program is given: what was free a moment ago may be another's now.
  await expect(
    openSocket({ ...address, port: 1 }, { timeoutMs: 60_000, signal: NEVER }),
  ).rejects.toMatchObject({
    code: 'lost',
    message: expect.stringMatching(
      /nothing answers at 127\.0\.0\.1, port \d+; is ftp-server running there\?/,
    ),
  })
})
