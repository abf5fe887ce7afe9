import fs from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../../apps/server/src/databases/sqlite/database.ts'
import { sqliteState } from '../../apps/server/src/databases/sqlite/state.ts'
import { addAccount } from '../support/accounts.ts'
import { until } from '../support/deadline.ts'
import { flipBit, MIB, serverPartials, writeRandom } from '../support/files.ts'
import type { Result } from '../support/program.ts'
import { runServerCommand } from '../support/server-command.ts'
import { Site } from '../support/site.ts'

/** What an operator does beside serving: `ftp-server check` and `uploads`, and what the server tidies up itself. */
let site: Site
beforeAll(async () => {
  site = await Site.open()
})
afterAll(() => site[Symbol.asyncDispose]())

async function ftpServer(command: string[], ...args: string[]): Promise<Result> {
  const all = [...command, '--root', site.root, '--json', ...args]
  return await runServerCommand(all)
}

/** Leaves a partial as an upload leaves it that was cut off now; the clock can only be set forward. */
function plantPartial(key: string, daysAhead = 0): string {
  const file = path.join(site.root, 'd', `.ftp-part-${key}`)
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, 'half')
  const seconds = Date.now() / 1_000 + daysAhead * 86_400
  fs.utimesSync(file, seconds, seconds)
  return file
}

const OLD = '0'.repeat(32)
const YOUNG = '1'.repeat(32)

describe('ftp-server check', () => {
  it('finds the one flipped bit in a stored file, tells where, and is content with everything else', async () => {
    for (const [index, size] of [0, 1, MIB, 3 * MIB + 5].entries())
      writeRandom(path.join(site.home, `${index}.bin`), size, index)
    fs.writeFileSync(path.join(site.root, 'foreign'), 'never hashed')
    expect(await site.run(['put', '0.bin', '1.bin', '2.bin', '3.bin'])).toMatchObject({ code: 0 })
    writeRandom(path.join(site.root, 'fetched.bin'), 100_000, 7)
    // What a fetch has found is kept once the file has been left alone for long enough.
    await until('its digest', async () => {
      expect(await site.run(['get', 'fetched.bin'])).toMatchObject({ code: 0 })
      return versions().length === 5
    })
    const before = await ftpServer(['check'])
    expect(before).toMatchObject({ code: 0, stderr: '' })
    expect(before.events.at(-1)).toMatchObject({ right: 5, unknown: 1, damaged: 0, failed: 0 })

    rot(path.join(site.root, '3.bin'), 2 * MIB + 77)
    const found = await ftpServer(['check'])
    expect(found.code).toBe(7)
    expect(found.stderr).toMatch(/damaged: 1 file; restore from a backup/)
    expect(found.events[0]).toMatchObject({ event: 'damaged', path: '3.bin', offset: 2 * MIB })
    expect(await site.run(['get', '3.bin', '-o', 'rotten'])).toMatchObject({ code: 7 })
    expect(fs.existsSync(path.join(site.home, 'rotten'))).toBe(false)

    expect(await ftpServer(['check'], '--accept')).toMatchObject({ code: 7 })
    expect(await ftpServer(['check'])).toMatchObject({ code: 0 })
    expect(await site.run(['get', '3.bin', '-o', 'accepted'])).toMatchObject({ code: 0 })
  })
})

describe('ftp-server uploads', () => {
  it('shows what unfinished uploads have left, and removes what it is told to', async () => {
    plantPartial(OLD)
    plantPartial(YOUNG, 1)
    const { events } = await ftpServer(['uploads', 'list'])
    expect(new Set(events.map(({ key }) => key))).toEqual(new Set([OLD, YOUNG]))
    expect(events[0]).toMatchObject({ event: 'upload', directory: 'd', bytes: 4 })
    expect(await ftpServer(['uploads', 'abort'], '--before', '0s')).toMatchObject({ code: 0 })
    expect(serverPartials(path.join(site.root, 'd'))).toHaveLength(1)
    expect(await ftpServer(['uploads', 'abort', OLD, YOUNG])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`there is no upload "${OLD}"`),
    })
    expect(serverPartials(path.join(site.root, 'd'))).toEqual([])
    expect(await ftpServer(['uploads', 'abort'])).toMatchObject({ code: 2 })
  })
})

describe('a server that starts', () => {
  it('removes abandoned partials, keeps young ones, and forgets digests of versions that are gone', async () => {
    const [old, young] = [plantPartial(OLD), plantPartial(YOUNG, 1)]
    writeRandom(path.join(site.home, 'kept.bin'), 1_000, 9)
    expect(await site.run(['put', 'kept.bin'])).toMatchObject({ code: 0 })
    fs.rmSync(path.join(site.root, '1.bin'))
    await plantEndedSession()
    const before = versions()
    await site.restart(['--partial-days', '0'])
    await until('the old partial is gone', () => !fs.existsSync(old))
    await until('one digest is gone', () => versions().length === before.length - 1)
    expect(fs.existsSync(young)).toBe(true)
    expect(sessions()).toEqual([])
    const { events } = await ftpServer(['check'])
    expect(events.at(-1)).toMatchObject({ damaged: 0 })
    expect(Number(events.at(-1)?.right)).toBeGreaterThanOrEqual(3)
  })
})

describe('a server that starts with another clock than before', () => {
  /** When it believed its clock for the last time. */
  function setBelieved(time: number): void {
    using database = openDatabase(path.join(site.root, '.ftp-server/state.db'))
    database.exec('DELETE FROM believed_clock')
    database.prepare('INSERT INTO believed_clock VALUES (?)').run(time)
  }

  it('removes nothing for its age, as long as it does not know whether the clock is right', async () => {
    const partial = plantPartial(OLD)
    const log = path.join(site.home, 'log')
    await site.restart()
    await site.server.kill('SIGTERM')
    const events = async (): Promise<number> => (await ftpServer(['audit'])).events.length
    const before = await events()
    expect(before).toBeGreaterThan(0)
    setBelieved(Date.now() - 100 * 86_400_000)
    const args = ['--partial-days', '0', '--log-file', log, '--log-level', 'warn']
    await site.restart(args)
    await until('it has looked', () => fs.readFileSync(log, 'utf8').includes('the clock has jumped ahead'))
    await site.restart()
    expect(fs.existsSync(partial)).toBe(true)
    expect(await events()).toBeGreaterThanOrEqual(before)
    setBelieved(Date.now())
    await site.restart(['--partial-days', '0'])
    await until('the old partial is gone', () => !fs.existsSync(partial))
  })
})

/** A browser session that nobody has used for weeks. */
async function plantEndedSession(): Promise<void> {
  await addAccount(site.root, 'session')
  using database = openDatabase(path.join(site.root, '.ftp-server/state.db'))
  const { accounts, sessions: records } = sqliteState(database)
  const salt = (await accounts.find('session'))?.verifier.salt ?? new Uint8Array()
  const weeksAgo = (Date.now() - 20 * 86_400_000) * 1_000
  expect(await records.begin('session', salt, '', weeksAgo)).toBeDefined()
  expect(sessions()).toHaveLength(1)
}

function sessions(): unknown[] {
  using database = openDatabase(path.join(site.root, '.ftp-server/state.db'))
  return database.prepare('SELECT * FROM sessions').all()
}

function versions(): unknown[] {
  const database = new DatabaseSync(path.join(site.root, '.ftp-server/state.db'))
  const rows = database.prepare('SELECT version FROM digests').all()
  database.close()
  return rows
}

/**
 * Flips a bit as a failing disk does: nothing else about the file changes. A program cannot set the change time, so
 * the digest is given the new version instead. The root's device counts as 0.
 */
function rot(file: string, offset: number): void {
  const version = (): string => {
    const { ino, size, mtimeNs, ctimeNs } = fs.statSync(file, { bigint: true })
    return [0n, ino, size, mtimeNs, ctimeNs].map((part) => part.toString(36)).join('-')
  }
  const old = version()
  flipBit(file, offset)
  const database = new DatabaseSync(path.join(site.root, '.ftp-server/state.db'))
  const { changes } = database.prepare('UPDATE digests SET version = ? WHERE version = ?').run(version(), old)
  database.close()
  expect(changes).toBe(1)
}
