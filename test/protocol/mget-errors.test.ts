import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import { dirname } from 'node:path'
import { LIMITS } from '@ftp/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { content } from '../support/chain.ts'
import { RawClient } from '../support/raw-client.ts'
import { ServedFolder } from '../support/served-folder.ts'
import { mget } from '../support/together.ts'

/** What an mget tells of paths that lead to no file, and how it tells it. */
let folder: ServedFolder

beforeAll(async () => {
  folder = await ServedFolder.start()
})
afterAll(() => folder[Symbol.asyncDispose]())

describe('mget', () => {
  it('P-9.13, P-7.4, P-7.6, P-7.8: what is no file is an error in its place, and so is a path that is refused', async () => {
    await using client = await RawClient.login(folder.server)
    folder.write('good', content(7))
    fs.mkdirSync(folder.at('directory'))
    fs.symlinkSync('good', folder.at('link'))
    fs.symlinkSync('directory', folder.at('way'))
    execFileSync('mkfifo', [folder.at('pipe')])
    const cases: Readonly<Record<string, string>> = {
      ...{
        missing: 'not_found',
        'directory/missing': 'not_found',
        directory: 'is_directory',
        '': 'is_directory',
      },
      ...{ link: 'not_file', pipe: 'not_file', 'way/x': 'forbidden', 'good/x': 'not_directory' },
      ...{ '..': 'name', 'directory/../good': 'name', '/good': 'name', 'good/': 'name', '\u0001': 'name' },
      ...{ '.ftp-server': 'name', '.ftp-server/state.db': 'name', [`.ftp-part-${'0'.repeat(32)}`]: 'name' },
      ...{ [longPath(LIMITS.path)]: 'not_found', [longPath(LIMITS.path - 1, 'ä')]: 'name' },
      [`${'d/'.repeat(LIMITS.pathDepth)}x`]: 'name',
      ['x'.repeat(256)]: 'name',
    }
    const bad = Object.keys(cases)
    const { told, frames } = await mget(
      client,
      bad.flatMap((path) => ['good', path]),
    )
    expect(frames).toEqual([2 * bad.length])
    for (const [index, path] of bad.entries()) {
      const [good, refused] = told.slice(2 * index)
      expect(Buffer.from(good?.bytes ?? []), path).toEqual(Buffer.from(content(7)))
      expect(refused?.code, JSON.stringify(path.slice(0, 100))).toBe(cases[path])
    }
    expect((await mget(client, ['missing', '..', 'directory'])).told.map(({ code }) => code)).toEqual([
      'not_found',
      'name',
      'is_directory',
    ])
  })

  it.each([
    ['names', '"\\', undefined],
    ['messages with quotes', '\\"', 'not_found'],
    ['messages with what is not printable', '\u007f', 'name'],
  ])('P-5.1: of as many paths as a request has room for, all %s fit into a header', async (_, text, code) => {
    await using client = await RawClient.login(folder.server)
    const path = fitting(text.repeat(LIMITS.name))
    if (code === undefined) folder.write(path, 'x')
    const paths = Array.from({ length: LIMITS.files }, () => path)
    const { told, frames } = await mget(client, paths)
    expect(frames).toEqual([LIMITS.files])
    for (const one of told) expect(one.entry?.name ?? one.code).toBe(code ?? path)
  })

  it('P-4.5: a message that is cut to fit is valid Unicode', async () => {
    await using client = await RawClient.login(folder.server)
    const paths = ['', 'x'].map((first) => `${first}${'😀'.repeat(60)}/${'😀'.repeat(60)}`)
    for (const path of paths) fs.mkdirSync(dirname(folder.at(path)))
    const { told } = await mget(client, paths)
    expect(told.map(({ code }) => code)).toEqual(['not_found', 'not_found'])
    for (const { message } of told) expect(message?.isWellFormed()).toBe(true)
  })
})

/** A path of so many bytes, and of what comes behind. */
function longPath(bytes: number, last = ''): string {
  return `${'x'.repeat(LIMITS.name - 1)}/`.repeat(bytes / LIMITS.name + 1).slice(0, bytes) + last
}

/** The beginning of a text, of so many bytes of JSON as each of the paths of an mget may have. */
function fitting(text: string): string {
  const most = Math.floor((LIMITS.headerFromClient - 100) / LIMITS.files) - 1
  let name = ''
  for (const character of text) {
    if (Buffer.byteLength(JSON.stringify(name + character)) > most) break
    name += character
  }
  return name
}
