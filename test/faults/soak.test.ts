import fs from 'node:fs'
import { encodeFrame, LIMITS } from '@ftp/protocol'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { content, md5Of, wholePut } from '../support/chain.ts'
import { runClient } from '../support/client-process.ts'
import { randomNumbers } from '../support/files.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServerProcess } from '../support/server-process.ts'
import { TempDir } from '../support/temp-dir.ts'

/*
 * Hostile and honest clients side by side: everything the honest ones move is right, the hostile ones leave nothing behind
 * when they go, and what the server holds does not grow. SOAK_SECONDS and SOAK_HOSTILE make it longer and worse; SEED
 * repeats it.
 */
const SECONDS = Number(process.env['SOAK_SECONDS'] ?? 6)
const HOSTILE = Number(process.env['SOAK_HOSTILE'] ?? 30)
/** A run that is long enough for a slow leak to show. */
const IS_LONG = SECONDS >= 120
const SEED = Number(process.env['SEED'] ?? 1 + Math.floor(Math.random() * 1e6))
/** Descriptors that two handler threads open when they first need them: for a hashing thread, and for the spool. */
const LAZY = 12
/** Growth from the second third of a long run to its last one that is no leak: MiB. */
const FLAT = 24
const ZEROS = new Uint8Array(LIMITS.payload)
const FILE = content(5 * LIMITS.payload + 7)

/** What a hostile client does once it is logged in; it reads nothing, and leaves without a word. */
const HARM: readonly ((client: RawClient) => void)[] = [
  (client) => client.request({ type: 'put', path: 'silent', length: 9e6, ifExists: 'replace' }),
  (client) => client.write(encodeFrame({ id: 9, ...wholePut('half', ZEROS) }, ZEROS).subarray(0, 5e5)),
  (client) => client.request({ type: 'get', path: 'large' }),
  (client) => {
    client.request({ type: 'follow', path: 'byte' })
    for (let i = 0; i < 8; i++) client.request(wholePut('queued', ZEROS), ZEROS)
  },
  (client) => {
    for (let i = 0; i < 4; i++) client.request({ ...wholePut('refused', ZEROS), unknown: true }, ZEROS)
  },
  (client) => {
    for (let i = 0; i < 20; i++)
      client.request({ type: 'mget', paths: Array.from({ length: 64 }, (_, n) => `missing-${n}`) })
  },
  (client) => {
    for (let i = 0; i < 20; i++) client.request({ type: 'list', path: '', recursive: true })
  },
  (client) => client.write(Uint8Array.of(255, 255, 255, 255, 1, 2, 3)),
]

let folder: TempDir
let server: ServerProcess
beforeAll(async () => {
  folder = new TempDir()
  const root = folder.folder('root')
  fs.writeFileSync(`${root}/byte`, 'x')
  fs.writeFileSync(`${root}/large`, '')
  fs.truncateSync(`${root}/large`, 24 * LIMITS.payload)
  fs.writeFileSync(folder.at('file'), FILE)
  fs.mkdirSync(folder.at('tree'))
  for (let i = 0; i < 40; i++) fs.writeFileSync(folder.at('tree', `small-${i}`), content(4_096 + i))
  server = await ServerProcess.start({ root, threads: 2, args: ['--max-connections', '2000'] })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

it(`${HOSTILE} hostile clients for ${SECONDS} s harm no honest one, and leave nothing behind (SEED=${SEED})`, {
  timeout: SECONDS * 1_000 + 300_000,
}, async () => {
  const random = randomNumbers(SEED)
  const served = new Served()
  const until = performance.now() + SECONDS * 1_000
  const isOver = (): boolean => performance.now() > until
  await moveFile()
  const descriptors = openDescriptors()
  const samples: number[] = []
  const sampling = setInterval(() => samples.push(residentMiB()), 1_000)
  const hostile = Array.from({ length: HOSTILE }, async () => {
    while (!isOver()) await harm(random, served)
  })
  await Promise.all([
    repeat(isOver, served, fetchByte),
    repeat(isOver, served, moveFile),
    repeat(isOver, served, moveTree),
  ])
  served.end()
  await Promise.all(hostile)
  clearInterval(sampling)
  await expect.poll(openDescriptors).toBeLessThanOrEqual(descriptors + LAZY)
  await moveFile()
  const [, second = 0, third = 0] = [0, 1, 2].map((part) => medianOf(samples, part))
  const waits = served.waits.toSorted((one, other) => one - other)
  const [median = NaN, late = NaN] = [0.5, 0.99].map((part) => waits[Math.floor(waits.length * part)])
  console.log(
    `${served.count} honest operations; a byte after ${median.toFixed(1)} ms, p99 ${late.toFixed(1)} ms; ` +
      `resident ${samples.map((mib) => mib.toFixed(0)).filter((_, i) => i % Math.ceil(samples.length / 10) === 0)} MiB, ` +
      `descriptors ${descriptors} before, ${openDescriptors()} after`,
  )
  if (IS_LONG) expect(third).toBeLessThan(second + FLAT)
})

/** Counts what has been served, and lets hostile clients stay for some of it. */
class Served {
  count = 0
  readonly waits: number[] = []
  #isOver = false
  #next = Promise.withResolvers<void>()

  done(): void {
    this.count++
    this.#next.resolve()
    this.#next = Promise.withResolvers()
  }

  end(): void {
    this.#isOver = true
    this.#next.resolve()
  }

  /** Resolves when so many more have been served, or nobody is any more. */
  async more(count: number): Promise<void> {
    for (let left = count; left > 0 && !this.#isOver; left--) await this.#next.promise
  }
}

async function harm(random: () => number, served: Served): Promise<void> {
  await using client = await RawClient.login({ host: '127.0.0.1', port: server.port })
  client.socket.pause()
  HARM[Math.floor(random() * HARM.length)]?.(client)
  await served.more(1 + Math.floor(random() * 40))
  if (random() < 0.5) client.socket.resetAndDestroy()
}

async function repeat(isOver: () => boolean, served: Served, action: (served: Served) => Promise<void>) {
  while (!isOver()) {
    await action(served)
    served.done()
  }
}

async function fetchByte(served: Served): Promise<void> {
  await using client = await RawClient.login({ host: '127.0.0.1', port: server.port })
  for (let i = 0; i < 20; i++) {
    const began = performance.now()
    client.request({ type: 'get', path: 'byte' })
    expect((await client.take('file')).payload).toHaveLength(1)
    served.waits.push(performance.now() - began)
  }
}

async function moveFile(): Promise<void> {
  await succeeds(['put', folder.at('file')])
  await succeeds(['get', 'file', '-o', folder.at('back')])
  expect(md5Of(fs.readFileSync(folder.at('back')))).toBe(md5Of(FILE))
}

async function moveTree(): Promise<void> {
  await succeeds(['put', '-r', folder.at('tree')])
  await succeeds(['get', '-r', 'tree', '-o', folder.at('copy')])
  const names = fs.readdirSync(folder.at('tree'))
  expect(fs.readdirSync(folder.at('copy')).toSorted()).toEqual(names.toSorted())
  for (const name of names)
    expect(fs.readFileSync(folder.at('copy', name))).toEqual(fs.readFileSync(folder.at('tree', name)))
  fs.rmSync(folder.at('copy'), { recursive: true })
  await succeeds(['rm', '-r', 'tree'])
}

async function succeeds(args: readonly string[]): Promise<void> {
  const { code, stderr } = await runClient(args, { port: server.port, config: folder.at('config') })
  expect(code, stderr).toBe(0)
}

function openDescriptors(): number {
  return fs.readdirSync(`/proc/${server.program.pid}/fd`).length
}

function residentMiB(): number {
  const status = fs.readFileSync(`/proc/${server.program.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024
}

/** The median of one third of the samples. */
function medianOf(samples: readonly number[], part: number): number {
  const third = samples.slice((samples.length * part) / 3, (samples.length * (part + 1)) / 3)
  return third.toSorted((one, other) => one - other)[Math.floor(third.length / 2)] ?? 0
}
