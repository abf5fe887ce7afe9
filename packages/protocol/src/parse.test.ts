import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import vectors from '../vectors/messages.json' with { type: 'json' }
import { TransferError } from './errors.ts'
import { LIMITS } from './limits.ts'
import { idOf, parseClientMessage, parseReply } from './parse.ts'

const outcome = (parse: (header: object) => unknown, text: string): string => {
  try {
    parse(JSON.parse(text))
    return 'ok'
  } catch (error) {
    return error instanceof TransferError ? error.code : String(error)
  }
}
const short = ({ message, expect }: { message: string; expect: string }): [string, string, string] => [
  expect,
  message.length > 90 ? `${message.slice(0, 90)}…` : message,
  message,
]

describe('parseClientMessage', () => {
  it.each(vectors.client.map(short))(
    'P-6.9, P-4.5, P-4.6, P-7.1, P-7.2: says %s to %s',
    (expected, _, message) => {
      expect(outcome(parseClientMessage, message)).toBe(expected)
    },
  )

  it('P-4.6: refuses every key that a message does not have, in every message', () => {
    const valid = vectors.client.filter(({ expect }) => expect === 'ok').map(({ message }) => message)
    for (const message of valid) {
      const header: Record<string, unknown> = JSON.parse(message)
      for (const key of ['x', 'Id', 'constructor', 'prototype', 'toString', 'valueOf', '']) {
        expect(
          outcome(parseClientMessage, JSON.stringify({ ...header, [key]: 1 })),
          `${message} ${key}`,
        ).toBe('bad_request')
      }
    }
  })

  it('P-4.6: needs every field that is not optional, and takes each optional one away', () => {
    const optional: Readonly<Record<string, readonly string[]>> = {
      login: ['message'],
      get: ['offset', 'length', 'version', 'window'],
      put: ['size', 'upload', 'source', 'md5', 'mtime', 'mode'],
      mput: ['size'],
      list: ['recursive'],
      digest: ['chain', 'length'],
      follow: ['offset', 'md5'],
      mkdir: ['parents'],
      setstat: ['mtime', 'mode'],
      remove: ['recursive'],
      data: ['size', 'last'],
      chain: ['size', 'last', 'md5'],
    }
    for (const { message } of vectors.client.filter((vector) => vector.expect === 'ok')) {
      const header: { type?: string } = JSON.parse(message)
      for (const key of Object.keys(header)) {
        const rest = Object.fromEntries(Object.entries(header).filter(([other]) => other !== key))
        const expected =
          key === 'id' || key === 'type'
            ? 'protocol'
            : optional[header.type ?? '']?.includes(key)
              ? 'ok'
              : 'bad_request'
        expect(outcome(parseClientMessage, JSON.stringify(rest)), `${message} without ${key}`).toBe(expected)
      }
    }
  })

  it('P-4.5: takes strings of exactly the limit', () => {
    const get = (version: string): string => JSON.stringify({ id: 1, type: 'get', path: 'a', version })
    expect(outcome(parseClientMessage, get('€'.repeat(LIMITS.path)))).toBe('ok')
    expect(outcome(parseClientMessage, get('€'.repeat(LIMITS.path + 1)))).toBe('bad_request')
  })

  it('P-7.3, P-7.4: has paths parsed, and refuses what is not one with its reason', () => {
    expect(parseClientMessage({ id: 1, type: 'move', path: 'a/b', to: '', ifExists: 'fail' })).toMatchObject({
      path: ['a', 'b'],
      to: [],
    })
    const bad = { id: 1, type: 'stat', path: 'a//b' }
    expect(() => parseClientMessage(bad)).toThrow('"a//b": a name is empty')
    expect(outcome(parseClientMessage, JSON.stringify(bad))).toBe('name')
    expect(outcome(parseClientMessage, JSON.stringify({ ...bad, x: 1 }))).toBe('bad_request')
    expect(outcome(parseClientMessage, JSON.stringify({ ...bad, id: 0 }))).toBe('protocol')
  })

  it('P-7.4: refuses each bad path of several alone', () => {
    const refusal = expect.objectContaining({ code: 'name' })
    expect(parseClientMessage({ id: 1, type: 'mget', paths: ['a/b', '../c', 'd'] })).toMatchObject({
      paths: [['a', 'b'], refusal, ['d']],
    })
    const file = { length: 0, md5: 'd41d8cd98f00b204e9800998ecf8427e' }
    const files = [
      { path: '/a', ...file },
      { path: 'b', ...file },
    ]
    expect(parseClientMessage({ id: 1, type: 'mput', ifExists: 'fail', files })).toMatchObject({
      files: [{ path: refusal }, { path: ['b'] }],
    })
  })

  it('P-6.14: throws only what the connection can answer, for any object', () => {
    const key = fc.constantFrom('id', 'type', 'path', 'offset', 'length', 'size', 'md5', '__proto__', 'x')
    const value = fc.oneof(
      fc.constantFrom(1, -1, 'get', 'ping', 'put', 'data', 'a/b', null, true),
      fc.jsonValue(),
    )
    const codes = ['ok', 'protocol', 'unsupported', 'bad_request', 'name']
    fc.assert(
      fc.property(fc.dictionary(key, value), (header) => {
        expect(codes).toContain(outcome(parseClientMessage, JSON.stringify(header)))
      }),
    )
  })

  it('P-6.6: finds the id of a message that is otherwise invalid', () => {
    expect(idOf({ id: 7, type: 'nonsense', x: null })).toBe(7)
    for (const id of [0, -1, 1.5, 2 ** 53, '1', null, undefined]) {
      expect(() => idOf({ id })).toThrow(expect.objectContaining({ code: 'protocol' }))
    }
    expect(() => idOf(Object.create({ id: undefined }))).toThrow(
      expect.objectContaining({ code: 'protocol' }),
    )
  })
})

describe('parseReply', () => {
  it.each(vectors.server.map(short))('P-14.1, P-4.7, P-4.8: says %s to %s', (expected, _, message) => {
    expect(outcome(parseReply, message)).toBe(expected)
  })

  it('P-4.7, P-14.2: leaves out the keys it does not know, however deep', () => {
    const reply = parseReply({
      id: 2,
      type: 'accepted',
      account: { name: 'a', permissions: ['list'], home: '/', more: 5 },
      more: { than: 'known' },
    })
    expect(reply).toEqual({
      id: 2,
      type: 'accepted',
      account: { name: 'a', permissions: ['list'], home: '/' },
    })
  })

  it('P-4.8: takes an error message of any text that a header can hold', () => {
    for (const message of ['', 'x'.repeat(60_000), 'half \ud800', '\u001b[2J']) {
      expect(parseReply({ id: 1, type: 'error', code: 'name', message })).toMatchObject({ message })
    }
  })

  it('P-12.2: keeps the count of names that a listing leaves out', () => {
    const reply = parseReply({ id: 1, type: 'entries', entries: [], last: true, unnamable: 3 })
    expect(reply.type === 'entries' && reply.unnamable).toBe(3)
  })
})
