import net from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import { until } from './deadline.ts'
import { trickle } from './trickle.ts'

/**
 * The plan of a flood: how many connections to open per second, from each of these addresses of this machine
 * in turn.
 */
export interface FloodPlan {
  readonly port: number
  readonly perSecond: number
  readonly seconds: number
  readonly addresses: readonly string[]
  /** The part of the connections, from 0 to 1, that the server must have closed before the flood ends. */
  readonly refused: number
}

/** What happened to the connections of a flood. */
export interface FloodResult {
  readonly opened: number
  /** How many the server closed before the end. */
  readonly closed: number
}

const STEP_MS = 10

/** Opens connections without sending anything on them. Runs in a worker thread. */
async function flood({ port, perSecond, seconds, addresses, refused }: FloodPlan): Promise<FloodResult> {
  const open = new Set<net.Socket>()
  let opened = 0
  let closed = 0
  const began = performance.now()
  await trickle(STEP_MS, () => {
    const passed = performance.now() - began
    for (const due = (passed / 1_000) * perSecond; opened < due; opened++) {
      const localAddress = addresses[opened % addresses.length]
      const socket = net.connect({ host: '127.0.0.1', port, ...(localAddress && { localAddress }) })
      open.add(socket)
      socket.on('error', () => {}).resume()
      socket.on('close', () => {
        closed++
        open.delete(socket)
      })
    }
    return passed < seconds * 1_000
  })
  await until(`${refused} of all are closed`, () => closed > opened * refused)
  const result = { opened, closed }
  for (const socket of open) socket.destroy()
  return result
}

if (parentPort !== null) parentPort.postMessage(await flood(workerData))
