import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BadLine, type Command, CommandDecoder } from './command-decoder.ts'

function decode(...chunks: readonly (string | readonly number[])[]): (Command | BadLine)[] {
  const decoder = new CommandDecoder()
  return chunks.flatMap((chunk) =>
    decoder.push(typeof chunk === 'string' ? Buffer.from(chunk) : Uint8Array.from(chunk)),
  )
}

const NOOP: Command = { name: 'NOOP', argument: '' }

describe('lines', () => {
  it.each<[string, Command]>([
    ['noop\r\n', NOOP],
    ['NOOP\n', NOOP],
    ['STOR a b \r\n', { name: 'STOR', argument: 'a b ' }],
    ['STOR  a\r\n', { name: 'STOR', argument: ' a' }],
    ['RETR ümläut €\r\n', { name: 'RETR', argument: 'ümläut €' }],
    ['\r\n', { name: '', argument: '' }],
  ])('%j', (line, command) => {
    expect(decode(line)).toEqual([command])
  })

  it.each(['a\rb\r\n', 'a\r\r\n', 'a\0\r\n'])('%j has no meaning', (line) => {
    expect(decode(line, 'NOOP\r\n')).toEqual(['characters', NOOP])
  })

  it('end with a complaint if they are too long', () => {
    expect(decode('x'.repeat(4_096))).toEqual([])
    expect(decode('x'.repeat(4_097))).toEqual(['length'])
  })

  it('are the same however they arrive', () => {
    const text = 'USER a\r\nSTOR x y\r\nNOOP\r\n'
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(text.length), (one, other) => {
        const [first, second] = [Math.min(one, other), Math.max(one, other)]
        const pieces = [text.slice(0, first), text.slice(first, second), text.slice(second)]
        expect(decode(...pieces)).toEqual(decode(text))
      }),
    )
  })
})

describe('Telnet', () => {
  const ABOR = [...Buffer.from('ABOR\r\n')]
  it.each([
    ['interrupt and data mark', [0xff, 0xf4, 0xff, 0xf2]],
    ['the data mark lost, as it comes out of band', [0xff, 0xf4, 0xff]],
    ['an option', [0xff, 0xfd, 0x06]],
  ])('is skipped: %s', (_, bytes) => {
    expect(decode([...bytes, ...ABOR])).toEqual([{ name: 'ABOR', argument: '' }])
  })

  it('doubles a byte that is no name', () => {
    expect(decode([0xff, 0xff, ...ABOR])).toEqual(['characters'])
  })
})
