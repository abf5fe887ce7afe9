import { spawn } from 'node:child_process'
import path from 'node:path'

/*
 * The long versions of the tests that try to break the promises. `pnpm torture` runs all of them, `pnpm torture
 * kills load` some. Numbers of your own go into the environment, as in the table. What is random comes from one seed,
 * which is printed: `SEED=… pnpm torture …` does the same again.
 */

interface Ordeal {
  readonly does: string
  readonly environment: Readonly<Record<string, string>>
  readonly command: readonly string[]
}

const vitest = (file: string): readonly string[] => ['node_modules/.bin/vitest', 'run', file]

const ORDEALS: Readonly<Record<string, Ordeal>> = {
  power: {
    does: 'power cuts on a simulated disk',
    environment: { STATES: '1000000' },
    command: vitest('test/faults/power-loss'),
  },
  calls: {
    does: 'kill -9 at each system call of a put',
    environment: { KILLS_AT_CALLS: '1000' },
    command: vitest('test/faults/kills-at-system-calls.test.ts'),
  },
  kills: {
    does: 'kill -9 of clients, servers and handler threads at random moments',
    environment: { KILLS: '1000' },
    command: vitest('test/faults/kills.test.ts'),
  },
  standby: {
    does: 'machines that fail in the middle of uploads, and another one that takes over their folder',
    environment: { FAIL_OVERS: '20' },
    command: vitest('test/standby'),
  },
  stores: {
    does: 'kill -9 of servers that store files without a chain of their sender',
    environment: { STORE_KILLS: '200' },
    command: vitest('apps/server/src/share/store-kills.test.ts'),
  },
  http: {
    does: 'kill -9 of servers in the middle of uploads by curl',
    environment: { HTTP_KILLS: '200' },
    command: vitest('test/doors/http/kills.test.ts'),
  },
  mischief: {
    does: 'HTTP clients that garble and cut their requests, and leave in every way',
    environment: { CLIENTS: '5000' },
    command: vitest('test/doors/http/mischief.test.ts'),
  },
  client: {
    does: 'a failing disk under the client, at each of its calls',
    environment: { ALL_FAULTS: '1' },
    command: vitest('test/faults/failing-client-disk.test.ts'),
  },
  network: {
    does: 'cuts at random places, flipped bits',
    environment: { CUTS: '500', FLIPS: '40' },
    command: [
      ...vitest('test/faults/cuts.test.ts'),
      'test/faults/cut-blocks.test.ts',
      'test/faults/bit-flips.test.ts',
      'test/faults/slow-network.test.ts',
    ],
  },
  trees: {
    does: 'syncs of random trees with random options',
    environment: { SYNCS: '300' },
    command: vitest('test/e2e/sync-random.test.ts'),
  },
  races: {
    does: 'links swapped in at the right moment',
    environment: { FTP_TEST_RACE_MS: '20000' },
    command: vitest('apps/server/src/storage/disk-race.test.ts'),
  },
  logins: {
    does: 'logins through a relay, and how long those of unknown users take',
    environment: { FTP_TEST_LOGINS: '3000' },
    command: [...vitest('test/security/relay.test.ts'), 'test/timing/unknown-users.test.ts'],
  },
  huge: {
    does: 'a put and a get beyond 4 GiB',
    environment: {},
    command: vitest('test/long/huge.test.ts'),
  },
  fuzz: {
    does: 'frames, headers, paths and logins that are nearly right',
    environment: { CASES: '1000000' },
    command: vitest('packages/protocol/src/fuzz.test.ts'),
  },
  slow: {
    does: '1,000 clients that send or read nothing, beside one that does',
    environment: { SLOW_PEERS: '1000' },
    command: vitest('test/timing/slow-peers.test.ts'),
  },
  blocks: {
    does: 'every bad and every good request, with and without a block behind it, in every state',
    environment: { ALL_BLOCKS: '1' },
    command: vitest('test/security/blocks.test.ts'),
  },
  soak: {
    does: 'hostile and honest clients side by side for ten minutes, memory and descriptors watched',
    environment: { SOAK_SECONDS: '600', SOAK_HOSTILE: '100' },
    command: vitest('test/faults/soak.test.ts'),
  },
  load: {
    does: 'many idle and active clients, beside vsftpd',
    environment: { IDLE: '2000', ACTIVE: '200', SECONDS: '10' },
    command: [process.execPath, 'test/load/main.ts'],
  },
}

const SEED = process.env['SEED'] ?? String(1 + Math.floor(Math.random() * 1e6))

const wanted = process.argv.slice(2)
const names = wanted.length > 0 ? wanted : Object.keys(ORDEALS)
const unknown = names.find((name) => !Object.hasOwn(ORDEALS, name))
if (unknown !== undefined) {
  const lines = Object.entries(ORDEALS).map(([name, { does }]) => `  ${name.padEnd(8)}${does}`)
  console.error(`There is no "${unknown}". There are:\n${lines.join('\n')}`)
  process.exit(2)
}

let failed = 0
for (const name of names) {
  const ordeal = ORDEALS[name]
  if (ordeal !== undefined && (await run(name, ordeal)) !== 0) failed++
}
process.exit(failed === 0 ? 0 : 1)

function run(name: string, { does, environment, command }: Ordeal): Promise<number> {
  console.log(`\n${name}: ${does} (SEED=${SEED})`)
  const [program = '', ...args] = command
  const child = spawn(program, args, {
    cwd: path.resolve(import.meta.dirname, '../..'),
    // What is set already is what somebody wants.
    env: { ...environment, SEED, ...process.env },
    stdio: 'inherit',
  })
  return new Promise((resolve, reject) => child.on('error', reject).on('close', (code) => resolve(code ?? 1)))
}
