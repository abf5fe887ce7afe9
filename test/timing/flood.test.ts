import fs from 'node:fs'
import path from 'node:path'
import { Worker } from 'node:worker_threads'
import { encodeFrame, LIMITS } from '@ftp/protocol'
import { expect, it } from 'vitest'
import { closed, localAddress } from '../support/connections.ts'
import type { FloodPlan, FloodResult } from '../support/flood.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServerProcess } from '../support/server-process.ts'
import { TempDir } from '../support/temp-dir.ts'

/**
 * A flood of connections while somebody fetches a file. FTP_FLOOD_SECONDS=20 makes it 2,000 a second for so long.
 */
const LONG_SECONDS = Number(process.env['FTP_FLOOD_SECONDS'] ?? 0)
const SECONDS = LONG_SECONDS || 2
const PER_SECOND = LONG_SECONDS > 0 ? 2_000 : 500
const SOURCES = Array.from({ length: 10 }, (_, i) => localAddress(50 + i))
const SIZE = 64 * LIMITS.payload
const TRIES = 5
/** Requests of one connection that make no sense, and how many such connections there are, one after the other. */
const REFUSED = 100_000
const ROUNDS = 3

it('a flood of connections leaves a running transfer at least half its speed, and the server small', async () => {
  using folder = new TempDir()
  const root = folder.folder('root')
  fs.writeFileSync(path.join(root, 'large'), '')
  fs.truncateSync(path.join(root, 'large'), SIZE)
  const args = ['--trust', '', '--log-level', 'warn']
  await using server = await ServerProcess.start({ root, threads: 2, args })
  const { port } = server
  await using client = await RawClient.login({ host: '127.0.0.1', port })
  await fetchOnce(client)

  const memory = residentBytes(server.program.pid)
  let kept = 0
  // Whatever else this machine does meanwhile takes from one side or the other: a flood that hurts hurts every time.
  for (let tries = 0; tries < TRIES && kept < 0.5; tries++) {
    const before = await speed(client, SECONDS)
    const flooding = flood({
      port,
      perSecond: PER_SECOND,
      seconds: SECONDS + 1,
      addresses: SOURCES,
      refused: 0.3,
    })
    const during = await speed(client, SECONDS)
    const { opened, closed } = await flooding
    kept = Math.max(kept, during / before)
    console.log(
      `${megabytes(before)} alone, ${megabytes(during)} under ${opened} connections, ${closed} refused`,
    )
    expect(opened).toBeGreaterThan(PER_SECOND * SECONDS * 0.5)
  }
  expect(kept).toBeGreaterThan(0.5)
  expect(residentBytes(server.program.pid) - memory).toBeLessThan(150e6)
  await client.ask({ type: 'ping' }, 'done')
  // In sums: not a line for each.
  const lines = server.program.stderr.split('\n').filter((line) => line.includes('refused'))
  expect(lines.length).toBeGreaterThan(0)
  expect(lines.length).toBeLessThan(100)
})

it('a flood of requests that are refused, whose answers nobody reads, costs no memory and nobody else time', async () => {
  using folder = new TempDir()
  await using server = await ServerProcess.start({ root: folder.folder('root'), threads: 2 })
  const address = { host: '127.0.0.1', port: server.port }
  await using bystander = await RawClient.login(address)
  const memory = residentBytes(server.program.pid)
  for (let round = 0; round < ROUNDS; round++) {
    await using client = await RawClient.login(address)
    client.socket.pause()
    const requests = Array.from({ length: REFUSED }, (_, index) =>
      encodeFrame({ id: 10 + index, type: 'nonsense', path: 'x'.repeat(100) }),
    )
    client.write(Buffer.concat(requests))
    const asked = performance.now()
    await bystander.ask({ type: 'ping' }, 'done')
    expect(performance.now() - asked).toBeLessThan(2_000)
    // It is ended, when it has been sent more than it reads.
    await closed(client.socket)
  }
  expect(residentBytes(server.program.pid) - memory).toBeLessThan(80e6)
})

function megabytes(bytesPerSecond: number): string {
  return `${(bytesPerSecond / 1e6).toFixed(0)} MB/s`
}

/** Fetches a file over and over. @returns bytes a second */
async function speed(client: RawClient, seconds: number): Promise<number> {
  const began = performance.now()
  let bytes = 0
  while (performance.now() - began < seconds * 1_000) bytes += await fetchOnce(client)
  return bytes / ((performance.now() - began) / 1_000)
}

async function fetchOnce(client: RawClient): Promise<number> {
  const id = client.request({ type: 'get', path: 'large', window: 8 * LIMITS.payload })
  await client.take('file')
  for (let offset = 0; offset < SIZE; ) {
    const { reply, payload } = await client.take('data')
    offset = reply.offset + payload.length
    client.send({ id, type: 'ack', offset })
  }
  return SIZE
}

async function flood(plan: FloodPlan): Promise<FloodResult> {
  const worker = new Worker(path.join(import.meta.dirname, '../support/flood.ts'), { workerData: plan })
  return await new Promise((resolve, reject) => {
    worker.once('message', resolve).once('error', reject)
  })
}

function residentBytes(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) * 1_024
}
