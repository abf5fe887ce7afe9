import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { BLOCK_SIZE } from '@ftp/md5'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { content, md5Of, sendBlocks } from '../../../../test/support/chain.ts'
import { until } from '../../../../test/support/deadline.ts'
import { RawClient } from '../../../../test/support/raw-client.ts'
import { ServerProcess } from '../../../../test/support/server-process.ts'
import { TempDir } from '../../../../test/support/temp-dir.ts'
import { mput } from '../../../../test/support/together.ts'

/*
 * Whether what is acknowledged survives a power cut is decided by the order of these calls, and nothing that a
 * program can see while the power is on shows it. So the calls themselves are looked at.
 */

const CALLS =
  'pwrite64,pwritev,fsync,fdatasync,rename,renameat,renameat2,link,linkat,mkdir,unlink,rmdir,write,writev'
const SMALL = content(1_000)
const LARGE = content(2 * BLOCK_SIZE + 5)
const POLICIES = ['replace', 'fail', 'different'] as const
const TOGETHER = ['one', 'two', 'three']

/** One system call in a trace. */
export interface Call {
  readonly name: string
  /** The call with its arguments, as strace writes it. */
  readonly text: string
  readonly result: string
  /** Lines of the trace: where it was begun, and where it had ended. */
  readonly begin: number
  readonly end: number
}

const WHOLE = /^(\d+) +((\w+)\(.*)\) += (.*)$/
const BEGIN = /^(\d+) +((\w+)\(.*) <unfinished \.\.\.>$/
const END = /^(\d+) +<\.\.\. \w+ resumed>(.*)\) += (.*)$/

let folder: TempDir
let calls: readonly Call[]

beforeAll(async () => {
  if (spawnSync('strace', ['-V']).error !== undefined)
    throw new Error('this test needs strace; install it, for instance with: apt-get install strace')
  folder = new TempDir()
  const trace = folder.at('trace')
  const root = folder.folder('root')
  // -D: the server itself is our child, so that killing it leaves nothing behind.
  const under = ['strace', '-D', '-f', '-y', '-s', '400', '-o', trace, '-e', `trace=${CALLS}`]
  {
    await using server = await ServerProcess.start({ root, under })
    await using client = await RawClient.login({ host: '127.0.0.1', port: server.port })
    for (const ifExists of POLICIES) {
      const small = {
        type: 'put',
        path: `small-${ifExists}`,
        length: SMALL.length,
        md5: md5Of(SMALL),
        ifExists,
      }
      await client.ask(small, 'stored', SMALL)
      const large = client.request({ type: 'put', path: `large-${ifExists}`, length: LARGE.length, ifExists })
      await client.take('ready')
      await sendBlocks(client, large, LARGE)
      await client.take('stored')
    }
    await mput(
      client,
      TOGETHER.map((path) => ({ path, bytes: SMALL })),
    )
    await client.ask({ type: 'mkdir', path: 'directory' }, 'done')
    await client.ask({ type: 'move', path: 'small-fail', to: 'directory/moved', ifExists: 'fail' }, 'done')
    await client.ask({ type: 'remove', path: 'small-replace' }, 'done')
  }
  const text = await until('the end of the trace', () => {
    const written = fs.readFileSync(trace, 'utf8')
    return written.includes('+++') && written
  })
  calls = parseTrace(text)
})
afterAll(() => folder[Symbol.dispose]())

/** The only call that fits. */
function only(what: string, fits: (call: Call) => boolean): Call {
  const found = calls.filter(fits)
  expect(
    found.map(({ text }) => text),
    what,
  ).toHaveLength(1)
  const [call] = found
  if (call === undefined) throw new Error(what)
  return call
}

function expectOrder(...order: readonly Call[]): void {
  for (const [index, call] of order.entries()) {
    expect(call.result, call.text).not.toMatch(/^-1/)
    const next = order[index + 1]
    if (next !== undefined) expect(call.end, `${call.text}\nbefore\n${next.text}`).toBeLessThan(next.begin)
  }
}

function syncOfRoot(after: Call): Call {
  const found = calls.find(
    ({ name, text, begin }) =>
      name === 'fsync' && text.includes(`<${folder.at('root')}>`) && begin > after.end,
  )
  if (found === undefined) throw new Error(`no fsync of the directory after ${after.text}`)
  return found
}

/** What gives a put its name. */
function publishing(name: string): Call {
  return only(
    `publishing ${name}`,
    ({ text }) => /^(rename|link)/.test(text) && text.includes('/.ftp-part-') && text.includes(`/${name}"`),
  )
}

const PUTS = POLICIES.flatMap((policy) => [`small-${policy}`, `large-${policy}`])

it.each(PUTS)('%s: bytes, fsync of the file, its name, fsync of the directory, then the answer', (name) => {
  const answered = only(
    `the answer about ${name}`,
    ({ name: call, text }) =>
      /^writev?$/.test(call) && text.includes('stored') && text.includes(`${name}\\"`),
  )
  expectDurable(name, name.startsWith('small') ? 1 : 3, answered)
})

it('files that come together: the same for each, then one answer', () => {
  const answered = only('the answer', ({ text }) => /^writev?\(/.test(text) && text.includes('outcomes'))
  for (const name of TOGETHER) expectDurable(name, 1, answered)
})

function expectDurable(name: string, blocks: number, answered: Call): void {
  const published = publishing(name)
  const [hidden = ''] = /\.ftp-part-[0-9a-f]{24,32}/.exec(published.text) ?? []
  expect(hidden).not.toBe('')
  const writes = calls.filter(({ name: call, text }) => call.startsWith('pwrite') && text.includes(hidden))
  expect(writes.length).toBe(blocks)
  const synced = only(`fsync of ${name}`, ({ name: call, text }) => call === 'fsync' && text.includes(hidden))
  for (const write of writes) expectOrder(write, synced)
  expectOrder(synced, published, syncOfRoot(published), answered)
}

it('a put that must not replace is published by link, one that may by rename', () => {
  for (const size of ['small', 'large']) {
    expect(publishing(`${size}-replace`).name).toMatch(/^rename/)
    expect(publishing(`${size}-fail`).name).toMatch(/^link/)
  }
})

it('a new directory, a move and a removal are durable before they are answered', () => {
  const answers = calls.filter(
    ({ name, text }) => /^writev?$/.test(name) && text.includes('\\"type\\":\\"done\\"'),
  )
  const made = only('mkdir', ({ name, text }) => name === 'mkdir' && text.includes('/directory"'))
  const moved = only('move', ({ name, text }) => name.startsWith('rename') && text.includes('/moved"'))
  const removed = only('remove', ({ name, text }) => name === 'unlink' && text.includes('/small-replace"'))
  for (const [index, call] of [made, moved, removed].entries()) {
    const answer = answers[index]
    if (answer === undefined) throw new Error('an answer is missing')
    expectOrder(call, syncOfRoot(call), answer)
  }
})

/** Reads what `strace -f` has written. A call of one thread may end after calls of others have begun. */
export function parseTrace(trace: string): Call[] {
  const calls: Call[] = []
  const open = new Map<string, Omit<Call, 'result' | 'end'>>()
  for (const [line, text] of trace.split('\n').entries()) {
    const whole = WHOLE.exec(text)
    const begun = BEGIN.exec(text)
    const ended = END.exec(text)
    if (whole) {
      const [, , call = '', name = '', result = ''] = whole
      calls.push({ name, text: call, result, begin: line, end: line })
    } else if (begun) {
      const [, thread = '', call = '', name = ''] = begun
      open.set(thread, { name, text: call, begin: line })
    } else if (ended) {
      const [, thread = '', rest = '', result = ''] = ended
      const call = open.get(thread)
      if (call !== undefined) calls.push({ ...call, text: call.text + rest, result, end: line })
    }
  }
  return calls.sort((a, b) => a.begin - b.begin)
}
