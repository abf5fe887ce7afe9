import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Decide, type Fault, withFaults } from '../support/failing-files.ts'
import { MIB, randomBytes } from '../support/files.ts'
import { LocalSite } from '../support/local-site.ts'

/*
 * Every call that a client makes on its own files fails once, and from then on, until a whole command goes through
 * unhit: the exit code tells what it was, no wrong file has the name, and the same command does it afterwards.
 */

/** What fails, and the exit code of a command that could not get around it. */
const EXITS = { ENOSPC: 8, EDQUOT: 8, EIO: 1, EMFILE: 1, EROFS: 4, EACCES: 4 } as const
type Errno = keyof typeof EXITS
const ERRNOS = Object.keys(EXITS) as Errno[]
/** Each call fails in every way; otherwise in one of them, in turn. */
const THOROUGH = process.env.ALL_FAULTS !== undefined

const OLD = randomBytes(70_000, 1)
const SMALL = randomBytes(90_000, 2)
const LARGE = randomBytes(2 * MIB + 5, 3)

let site: LocalSite
let injected = 0
beforeAll(async () => {
  site = await LocalSite.open({ threads: 2 })
  fs.mkdirSync(site.remote('tree/a'), { recursive: true })
  for (const name of ['small', 'tree/a/1', 'tree/2']) fs.writeFileSync(site.remote(name), SMALL)
  fs.writeFileSync(site.remote('large'), LARGE)
})
afterAll(() => site[Symbol.asyncDispose]())

/** What is done while calls fail, in a folder of its own. */
interface Action {
  readonly prepare?: (home: string) => void
  readonly command: (home: string) => readonly string[]
  /** What is there in the end, and what may be there before: its path and its bytes. */
  readonly made: (home: string) => Readonly<Record<string, Buffer>>
}

const at = (home: string, name: string): string => path.join(home, name)
const stored = (name: string, bytes: Buffer) => (): Record<string, Buffer> => ({ [site.remote(name)]: bytes })

const ACTIONS: Readonly<Record<string, Action>> = {
  'get of a small file': {
    command: (home) => ['get', 'small', '-o', at(home, 'small')],
    made: (home) => ({ [at(home, 'small')]: SMALL }),
  },
  'get of a large file that replaces': {
    prepare: (home) => fs.writeFileSync(at(home, 'large'), OLD),
    command: (home) => ['get', 'large', '-o', at(home, 'large')],
    made: (home) => ({ [at(home, 'large')]: LARGE }),
  },
  'get that continues': {
    prepare: (home) => fs.writeFileSync(at(home, 'large.ftp.part'), LARGE.subarray(0, MIB + 7)),
    command: (home) => ['get', 'large', '-o', at(home, 'large'), '--if-exists', 'fail'],
    made: (home) => ({ [at(home, 'large')]: LARGE }),
  },
  'get of a tree': {
    command: (home) => ['get', '-r', 'tree', '-o', home],
    made: (home) => ({ [at(home, 'tree/a/1')]: SMALL, [at(home, 'tree/2')]: SMALL }),
  },
  'put of a small file': {
    prepare: (home) => fs.writeFileSync(at(home, 'put-small'), SMALL),
    command: (home) => ['put', at(home, 'put-small')],
    made: stored('put-small', SMALL),
  },
  'put of a large file': {
    prepare: (home) => fs.writeFileSync(at(home, 'put-large'), LARGE),
    command: (home) => ['put', at(home, 'put-large')],
    made: stored('put-large', LARGE),
  },
  'put of a tree': {
    prepare(home) {
      fs.mkdirSync(at(home, 'put-tree/a'), { recursive: true })
      for (const name of ['a/1', '2']) fs.writeFileSync(at(home, `put-tree/${name}`), SMALL)
    },
    command: (home) => ['put', '-r', at(home, 'put-tree')],
    made: () => ({ [site.remote('put-tree/a/1')]: SMALL, [site.remote('put-tree/2')]: SMALL }),
  },
}

/** What the short version tries. */
const FEW = [
  'get of a small file',
  'get that continues',
  'get of a tree',
  'put of a large file',
  'put of a tree',
]

describe.each(Object.entries(ACTIONS).filter(([name]) => THOROUGH || FEW.includes(name)))(
  'a %s',
  { timeout: 600_000 },
  (_, action) => {
    it('whose calls on files fail is told with the right exit code, makes no wrong file, and works afterwards', async () => {
      for (let call = 1; ; call++) {
        const errnos = THOROUGH ? ERRNOS : [ERRNOS[call % ERRNOS.length] ?? 'EIO']
        const hits = []
        for (const errno of errnos)
          for (const forGood of THOROUGH ? [false, true] : [call % 2 === 0])
            hits.push(await failAt(action, call, { errno }, forGood))
        if (!hits.includes(true)) break
      }
    })

    it('whose reads and writes move half of what they should makes the right file', async () => {
      await failAt(action, 1, { half: true }, true)
    })
  },
)

it('a sync that cannot give a file its permission bits tells it, and deletes nothing', async () => {
  const home = fs.mkdtempSync(path.join(site.home, 'client-'))
  await site.run(['get', '-r', 'tree', '-o', home])
  fs.chmodSync(at(home, 'tree/2'), 0o600)
  fs.writeFileSync(at(home, 'tree/gone'), OLD)
  const decide: Decide = (call) => (call === 'chmodSync' ? { errno: 'EPERM' } : undefined)
  const sync = ['sync', '--delete', ':tree', at(home, 'tree')]
  const { code, text } = await withFaults(home, decide, () => site.run(sync))
  expect(code, text).toBe(4)
  expect(fs.readdirSync(at(home, 'tree')).sort()).toEqual(['2', 'a', 'gone'])
  expect((await site.run(sync)).code).toBe(0)
  expect(fs.readdirSync(at(home, 'tree')).sort()).toEqual(['2', 'a'])
})

it('enough calls have failed', () => {
  console.log(`${injected} failing calls of the client, each told and without harm`)
  expect(injected).toBeGreaterThan(40)
})

/** @returns whether there was such a call */
async function failAt(action: Action, at: number, fault: Fault, forGood: boolean): Promise<boolean> {
  const home = fs.mkdtempSync(path.join(site.home, 'client-'))
  action.prepare?.(home)
  const made = Object.entries(action.made(home))
  if (!made.some(([file]) => file.startsWith(home)))
    for (const [file] of made) fs.rmSync(file, { force: true })
  let calls = 0
  let hit: string | undefined
  const decide: Decide = (call) => {
    if (++calls < at || (calls > at && !forGood)) return undefined
    hit ??= call
    return fault
  }
  const command = action.command(home)
  const run = await withFaults(home, decide, () => site.run(command, { global: ['--retry-for', '300ms'] }))
  const about = `${JSON.stringify(fault)} ${forGood ? 'from' : 'at'} call ${at}, ${hit}`
  if (hit !== undefined && 'errno' in fault) injected++
  // A failure that there is a way around need not be told.
  const expected = 'errno' in fault && hit !== undefined ? EXITS[fault.errno as Errno] : 0
  expect([0, expected], `${about}: ${run.text}`).toContain(run.code)
  for (const [file, bytes] of made) {
    const is = fs.existsSync(file) ? fs.readFileSync(file) : undefined
    const isRight = is?.equals(bytes) === true
    expect(isRight || (run.code !== 0 && (is === undefined || is.equals(OLD))), `${about}: ${file}`).toBe(
      true,
    )
  }
  const again = await site.run(command)
  // What had got its name before the failure is refused by `fail`, as it should be.
  expect(
    [0, command.includes('fail') && made.every(([file]) => fs.existsSync(file)) ? 5 : 0],
    `again after ${about}: ${again.text}`,
  ).toContain(again.code)
  for (const [file, bytes] of made)
    expect(fs.readFileSync(file).equals(bytes), `again after ${about}`).toBe(true)
  // A disk that lets nothing be removed keeps what is hidden, until another client comes into the folder.
  const mustGo = forGood ? /\.ftp\.(part|lock)$/ : /\.ftp\./
  if (again.code === 0)
    expect(
      below(home).filter((name) => mustGo.test(name)),
      about,
    ).toEqual([])
  fs.rmSync(home, { recursive: true })
  return hit !== undefined
}

function below(home: string): string[] {
  return fs.readdirSync(home, { recursive: true, encoding: 'utf8' })
}
