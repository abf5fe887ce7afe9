import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { foldersOf, randomNumbers, setMtime, treeOf, writeTree } from '../support/files.ts'
import { LocalSite } from '../support/local-site.ts'
import type { ProgramEvent } from '../support/program.ts'

/** Random trees, random options: what a dry run says is what happens, the target is then as it should be, and stays so. */

const ROUNDS = Number(process.env.SYNCS ?? 12)
const SEED = Number(process.env.SEED ?? 1)
const NAMES = ['a', 'b.tmp', 'c.jpg', '.hidden', 'd', 'e', 'f.txt']
/** The umask takes something of the last one. */
const MODES = [0o644, 0o644, 0o600, 0o666]
const TIMES = [1_700_000_000_000_000, 1_700_000_000_000_002, 1_600_000_000_000_000]

let site: LocalSite
beforeAll(async () => {
  site = await LocalSite.open()
})
afterAll(() => site[Symbol.asyncDispose]())

type Random = () => number

function pick<T>(random: Random, from: readonly T[]): T {
  const one = from[Math.floor(random() * from.length)]
  if (one === undefined) throw new Error('nothing to pick from')
  return one
}

/** Files and empty directories, a few levels deep; names are the same things in every tree, mostly. */
function plant(random: Random, folder: string): void {
  fs.mkdirSync(folder, { recursive: true })
  const grow = (below: string, depth: number): void => {
    for (const name of NAMES) {
      const dice = random()
      if (dice < 0.35) {
        writeTree(below, { [name]: 'x'.repeat(Math.floor(random() * 4)) }, pick(random, TIMES))
        fs.chmodSync(path.join(below, name), pick(random, MODES))
      } else if (dice < 0.6 && depth > 0) {
        fs.mkdirSync(path.join(below, name))
        grow(path.join(below, name), depth - 1)
        fs.chmodSync(path.join(below, name), pick(random, [0o755, 0o700]))
        setMtime(path.join(below, name), pick(random, TIMES))
      }
    }
  }
  grow(folder, 2)
}

function anyOptions(random: Random): string[] {
  const all = [
    ['--delete'],
    ['--checksum'],
    ['--exclude', pick(random, ['*.tmp', 'd/', '/e', 'a'])],
    ['--include', pick(random, ['*.jpg', 'd/', 'e/**'])],
    ['--max-size', '2'],
    ['--newer-than', '2022-01-01'],
  ]
  return all.flatMap((option) => (random() < 0.3 ? option : []))
}

/** Without the root itself, which may be where other things are too. */
function foldersBelow(root: string): Record<string, string> {
  const { '': _, ...below } = foldersOf(root)
  return below
}

/** The same with what the umask of this user leaves of the permission bits. */
function masked(tree: Record<string, string>): Record<string, string> {
  const cut = (mode: string): string => (Number.parseInt(mode, 8) & ~process.umask()).toString(8)
  return Object.fromEntries(
    Object.entries(tree).map(([name, text]) => [name, text.replace(/(?<=mode )\d+/, cut)]),
  )
}

function changes(events: readonly ProgramEvent[]): string[] {
  return events.filter(({ event }) => event === 'change').map(({ change, path: name }) => `${change} ${name}`)
}

it.each(['put', 'get'])(
  'sync as a %s does what its dry run says, once',
  { timeout: 300_000 + ROUNDS * 5_000 },
  async (way) => {
    for (let seed = SEED; seed < SEED + ROUNDS; seed++) {
      const random = randomNumbers(seed)
      const name = `${way}-${seed}`
      const [source, target] =
        way === 'put' ? [site.local(name), site.remote(name)] : [site.remote(name), site.local(name)]
      plant(random, source)
      if (random() < 0.8) plant(random, target)
      const options = anyOptions(random)
      const sides = way === 'put' ? [source, `:${name}`] : [`:${name}`, target]
      const run = async (...more: string[]): ReturnType<LocalSite['run']> =>
        await site.run(['sync', ...sides, ...options, ...more])
      const what = `SEED=${seed} ${way} ${options.join(' ')}`

      const before = fs.existsSync(target) ? treeOf(target) : {}
      const dry = await run('--dry-run')
      expect(fs.existsSync(target) ? treeOf(target) : {}, what).toEqual(before)
      const real = await run()
      expect(changes(real.events), what).toEqual(changes(dry.events))
      expect(real.code, `${what} ${real.text}`).toBe(dry.code)

      // What takes no part stays.
      const after = treeOf(target)
      if (options.includes('*.tmp'))
        for (const one of Object.keys(before).filter((one) => one.endsWith('.tmp')))
          expect(after[one], `${what} ${one}`).toBe(before[one])

      // What is one thing here and another there is an error each time, and nothing else is left to do.
      const again = await run()
      expect(changes(again.events), what).toEqual([])
      expect(again.events.at(-1), what).toMatchObject({ done: 0, moved: 0 })
      const isWhole = options.every((option) => ['--delete', '--checksum'].includes(option))
      if (isWhole && real.code === 0) {
        const here = { ...treeOf(source), ...foldersBelow(source) }
        const there: Record<string, string> = { ...treeOf(target), ...foldersBelow(target) }
        const expected = way === 'get' ? masked(here) : here
        const common = options.includes('--delete') ? Object.keys(there) : Object.keys(here)
        expect(Object.fromEntries(common.map((one) => [one, there[one]])), what).toEqual(
          Object.fromEntries(common.map((one) => [one, expected[one]])),
        )
      }
    }
  },
)
