import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { blockOf, content, dataOf } from '../support/chain.ts'
import { type FakeReply, type Respond, replies } from '../support/fake-server.ts'
import { entry, file, md5, START, Victim } from '../support/victim.ts'

/** What a hostile server may say of the files that it sends and stores: no wrong file comes of it. */
const BLOCK = 1_048_576

let victim: Victim
let home: string
beforeEach(() => {
  victim = new Victim()
  home = victim.home
})
afterEach(() => victim[Symbol.dispose]())

const HELLO = Buffer.from('hello')

describe('sizes, digests and offsets', () => {
  const lies: readonly [string, object, Uint8Array, number][] = [
    ['a wrong digest', file(HELLO, { md5: md5(Buffer.from('other')) }), HELLO, 7],
    ['a size that is not what comes', file(HELLO, { entry: entry('f', 'file', 6) }), HELLO, 1],
    ['more than it told', file(HELLO, { length: 4 }), HELLO, 0],
    ['less than it told', file(HELLO, { length: 6, entry: entry('f', 'file', 6) }), HELLO, 1],
    ['a part that was not asked for', file(HELLO, { offset: BLOCK }), HELLO, 5],
    ['another chain', file(HELLO, { chain: 'f'.repeat(32) }), HELLO, 5],
    [
      'a size beyond all disks',
      file(HELLO, { length: 2 ** 53, entry: entry('f', 'file', 2 ** 53) }),
      HELLO,
      1,
    ],
    ['a negative size', file(HELLO, { length: -1 }), HELLO, 1],
    ['a directory', file(HELLO, { entry: entry('f', 'directory') }), HELLO, 0],
    ['a mode that sets the user id', file(HELLO, { entry: { ...entry('f'), mode: 0o4755 } }), HELLO, 1],
  ]
  it.each(lies)('%s makes no wrong file', async (_, reply, bytes, expected) => {
    const respond: Respond = ({ type }, say) => {
      if (type === 'stat') return say({ type: 'entry', entry: entry('f'), version: 'v' })
      if (type === 'get') say(reply, bytes)
      else say({ type: 'error', code: 'unsupported', message: 'no' })
    }
    const { code } = await victim.suffer(respond, ['get', 'f'])
    expect(code).toBe(expected)
    // A lie about what has its right digest all the same does no harm.
    const made = fs.existsSync(path.join(home, 'f')) && fs.readFileSync(path.join(home, 'f'), 'utf8')
    expect(made).toBe(code === 0 && 'hello')
  })

  it('data without end is not taken beyond what was told', async () => {
    const block = Buffer.alloc(BLOCK, 'x')
    const { code } = await victim.suffer(
      ({ type }, say) => {
        if (type === 'stat') return say({ type: 'entry', entry: entry('f', 'file', 3 * BLOCK), version: 'v' })
        if (type !== 'get') return
        const size = 3 * BLOCK
        say({
          type: 'file',
          entry: entry('f', 'file', size),
          version: 'v',
          offset: 0,
          chain: START,
          length: size,
        })
        for (let at = 0; at < 20; at++) say({ type: 'data', offset: at * BLOCK, md5: START }, block)
      },
      ['get', 'f'],
    )
    expect(code).not.toBe(0)
    expect(fs.existsSync(path.join(home, 'f'))).toBe(false)
    for (const name of fs.readdirSync(home))
      expect(fs.statSync(path.join(home, name)).size).toBeLessThanOrEqual(3 * BLOCK)
  })

  /** A file of two blocks and five bytes, and its frames, as an honest server sends them but for these changes. */
  const LONG = content(2 * BLOCK + 5)
  const data = (index: number, changes: object = {}, payload = blockOf(LONG, index)): FakeReply => ({
    header: { type: 'data', ...dataOf(LONG, index), ...changes },
    payload,
  })
  const honest = [data(0), data(1), data(2)]
  it.each([
    ['a block twice', [data(0), ...honest], 'data out of place'],
    ['no second block', [data(0), data(2)], 'data out of place'],
    ['a block a byte too far', [data(0, { offset: 1 }), data(1), data(2)], 'data out of place'],
    ['half a block', [data(0, {}, LONG.subarray(0, BLOCK / 2)), data(1), data(2)], 'a block of a wrong size'],
    ['a byte too many', [data(0), data(1), data(2, {}, LONG.subarray(0, 6))], 'a block of a wrong size'],
    ['an end before the end', [data(0, { last: true })], 'ended the file before its end'],
    ['no end', [data(0), data(1), data(2, { last: undefined })], 'ended the file before its end'],
  ])('P-8.3: %s is told, and makes no file', async (_, frames, reason) => {
    const whole = entry('f', 'file', LONG.length)
    const respond = replies(({ type }) => {
      if (type === 'stat') return [{ header: { type: 'entry', entry: whole, version: 'v' } }]
      const begin = { type: 'file', entry: whole, version: 'v', offset: 0, chain: START, length: LONG.length }
      if (type === 'get') return [{ header: begin }, ...frames]
      return [{ header: { type: 'error', code: 'unsupported', message: 'no' } }]
    })
    const { code, stderr } = await victim.suffer(respond, ['get', 'f'])
    expect(code).not.toBe(0)
    expect(stderr).toContain(reason)
    expect(fs.existsSync(path.join(home, 'f'))).toBe(false)
  })

  it('a chain without end is not taken', async () => {
    const values = Buffer.alloc(BLOCK)
    const respond: Respond = async ({ type }, say) => {
      if (type !== 'digest') return say({ type: 'error', code: 'unsupported', message: 'no' })
      for (let sent = 0; sent < 50; sent++) say({ type: 'chain', offset: sent * 65_536 * BLOCK }, values)
    }
    fs.writeFileSync(path.join(home, 'f'), 'other')
    expect((await victim.suffer(respond, ['verify', 'f'])).code).not.toBe(0)
  })

  it('stored is believed only of what was sent', async () => {
    fs.writeFileSync(path.join(home, 'f'), HELLO)
    const { code } = await victim.suffer(
      ({ type }, say) => {
        const other = { ...entry('f', 'file', 999), md5: md5(Buffer.from('other')) }
        if (type === 'put') say({ type: 'stored', entry: other })
        else say({ type: 'error', code: 'not_found', message: 'no' })
      },
      ['put', 'f'],
    )
    expect(code).not.toBe(0)
  })
})
