import { afterAll, beforeAll, expect, it } from 'vitest'
import { content, md5Of } from '../support/chain.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'

/** Many small files in one request: PROTOCOL.md, section 11, against a real server. */
let folder: ServedFolder

beforeAll(async () => {
  folder = await ServedFolder.start()
})
afterAll(() => folder[Symbol.asyncDispose]())

it('P-11.16: stores each file with its own bytes, time and permission bits, and tells what fails', async () => {
  await using client = await RawClient.login(folder.server)
  const [one, two, wrong] = [content(70_000, 1), content(0), content(9, 3)]
  const files = [
    { path: 'one', length: one.length, md5: md5Of(one), mtime: 1_000_000, mode: 0o640 },
    { path: 'wrong', length: wrong.length, md5: md5Of(one) },
    { path: 'no/where', length: 0, md5: md5Of(two) },
    { path: 'two', length: two.length, md5: md5Of(two) },
  ]
  const bytes = Buffer.concat([one, wrong, two])
  const { outcomes } = await client.ask({ type: 'mput', ifExists: 'replace', files }, 'outcomes', bytes)
  expect(outcomes).toMatchObject([
    { type: 'stored' },
    { type: 'error', code: 'checksum' },
    { type: 'error', code: 'not_found' },
    { type: 'stored' },
  ])
  expect(Buffer.compare(folder.read('one'), one)).toBe(0)
  expect(folder.read('two')).toHaveLength(0)
  expect(folder.has('wrong')).toBe(false)
  const { entry } = await client.ask({ type: 'stat', path: 'one' }, 'entry')
  expect(entry).toMatchObject({ mtime: 1_000_000, mode: 0o640 })
})

it('P-11.16: bytes of another length than those of the files are refused', async () => {
  await using client = await RawClient.login(folder.server)
  const files = [{ path: 'short', length: 5, md5: md5Of(content(5)) }]
  for (const length of [0, 4, 6]) {
    const refusal = await client.ask({ type: 'mput', ifExists: 'replace', files }, 'error', content(length))
    expect(refusal).toMatchObject({ code: 'bad_request' })
  }
  expect(folder.has('short')).toBe(false)
})

it('P-11.17: tells what was left, and the names that others have got', async () => {
  await using client = await RawClient.login(folder.server)
  const bytes = content(5)
  const file = { path: 'taken.txt', length: 5, md5: md5Of(bytes) }
  const put = async (ifExists: string): Promise<object> =>
    await client.ask({ type: 'mput', ifExists, files: [file] }, 'outcomes', bytes)
  expect(await put('fail')).toMatchObject({ outcomes: [{ type: 'stored' }] })
  expect(await put('skip')).toMatchObject({ outcomes: [{ type: 'skipped' }] })
  expect(await put('fail')).toMatchObject({ outcomes: [{ type: 'error', code: 'exists' }] })
  expect(await put('rename')).toMatchObject({ outcomes: [{ type: 'stored', name: 'taken-1.txt' }] })
  expect(folder.has('taken-1.txt')).toBe(true)
})
