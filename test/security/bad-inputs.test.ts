import fs from 'node:fs'
import path from 'node:path'
import { ERROR_CODES, isErrorCode, LIMITS } from '@ftp/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAccount } from '../support/accounts.ts'
import { content } from '../support/chain.ts'
import { bytesOf, type CorpusRow, reactionIn, readCorpus, STATES, type State } from '../support/corpus.ts'
import { expectKept } from '../support/expectations.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'
import { enter, expectServed, replyTo } from '../support/states.ts'
import elsewhere from './corpus/elsewhere.json' with { type: 'json' }

/*
 * Every bad input of the corpus, in every state of a conversation with a real server: it reacts as the corpus says, and
 * neither its files nor anybody else notices. What could silently go wrong: an input that is never sent.
 */
const CORPUS = readCorpus()
const LARGE = content(3 * LIMITS.payload)

let folder: ServedFolder
let bystander: RawClient
/** What is served, before anything bad has come. */
let untouched: string

beforeAll(async () => {
  folder = await ServedFolder.start()
  folder.write('f', 'a file')
  folder.write('d/f', 'another')
  folder.write('large', LARGE)
  await addAccount(folder.root, 'anna')
  await addAccount(folder.root, 'reader', { permissions: ['list', 'read'] })
  bystander = await RawClient.login(folder.server)
  untouched = tree()
})
afterAll(async () => {
  await bystander[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

function tree(): string {
  const names = fs.readdirSync(folder.root, { recursive: true, encoding: 'utf8' })
  return names
    .filter((name) => !name.startsWith('.ftp-server'))
    .sort()
    .map((name) => {
      const stats = fs.statSync(folder.at(name))
      return `${name} ${stats.size} ${stats.mtimeMs} ${stats.ino}`
    })
    .join('\n')
}

function send(client: RawClient, { input }: CorpusRow, bytes: Buffer): void {
  if (input.split) for (const byte of bytes) client.write(Uint8Array.of(byte))
  else client.write(bytes)
  if (input.then === 'end') client.socket.end()
  else if (input.then === 'reset') client.socket.resetAndDestroy()
}

async function expectReaction(row: CorpusRow, state: State, expected: string): Promise<void> {
  const { client, ids } = await enter(folder, state)
  await using _client = client
  const next = Number(ids['next'])
  client.used(next + (row.input.times ?? row.input.frames?.length ?? 1) - 1)
  send(client, row, bytesOf(row, ids))
  if (expected === 'silence' || (isErrorCode(expected) && ERROR_CODES[expected].connection === 'closed')) {
    const errors = (await client.rest()).map(({ reply }) => reply).filter(({ type }) => type === 'error')
    expect(errors.map(({ id }) => id)).toEqual(expected === 'silence' ? [] : [undefined])
    if (expected !== 'silence') expect(errors).toMatchObject([{ code: expected }])
    return
  }
  const current = ids['current'] === undefined ? undefined : Number(ids['current'])
  if (expected !== 'ignored') {
    const bad = JSON.stringify(row.input).includes('@current') && current !== undefined ? current : next
    const reply = await replyTo(client, bad, current)
    if (expected === 'served') expect(reply.type).not.toBe('error')
    else if (isErrorCode(expected)) expect(reply).toMatchObject({ type: 'error', code: expected })
    else expect(reply).toMatchObject({ type: expected })
  } else if (current !== undefined) client.send({ id: current, type: 'cancel' })
  if (expected === 'resend' && current !== undefined) client.send({ id: current, type: 'cancel' })
  await expectServed(client)
}

describe.each(STATES)('%s', (state) => {
  const rows = CORPUS.filter((row) => reactionIn(row, state) !== undefined)
  it.each(rows.map((row) => [row.id, row.title, reactionIn(row, state) ?? '', row] as const))(
    '%s: %s is %s',
    async (_id, _title, expected, row) => {
      await expectReaction(row, state, expected)
      await expectKept(bystander)
      await expect.poll(tree).toBe(untouched)
      expect(folder.faults).toEqual([])
    },
  )
})

it('the corpus is complete: every bad input is in it, or in a test of its own', () => {
  const known = new Set([...CORPUS.map(({ id }) => id), ...Object.keys(elsewhere)])
  const all = Array.from({ length: 92 }, (_, i) => `B${String(i + 1).padStart(2, '0')}`)
  expect(all.filter((id) => !known.has(id))).toEqual([])
  for (const [id, { test, title }] of Object.entries(elsewhere)) {
    const source = fs.readFileSync(path.join(import.meta.dirname, '../..', test), 'utf8')
    expect(source.includes(title), `${id}: "${title}" in ${test}`).toBe(true)
  }
})
