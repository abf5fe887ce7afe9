import { describe, expect, it } from 'vitest'
import { literal, splitWords } from '../lexer.ts'
import { compile } from './remote-patterns.ts'

/** Whether a name fits a pattern as it is typed. */
function fits(name: string, typed: string): boolean {
  const [word] = splitWords(typed).words
  return word?.pattern === undefined ? word?.text === name : compile(word.pattern)(name)
}

describe('a pattern', () => {
  it.each([
    ['a.txt', '*.txt', true],
    ['atxt', '*.txt', false],
    ['.a', '*', false],
    ['.a', '.*', true],
    ['ab', 'a?', true],
    ['a日', 'a?', true],
    ['a', 'a?', false],
    ['b', '[a-c]', true],
    ['d', '[a-c]', false],
    ['d', '[!a-c]', true],
    ['a*', 'a\\*', true],
    ['ab', 'a\\*', false],
    ['a+b(c).d', 'a+b(c).?', true],
    ['a\nb', 'a*', true],
    ['a😀b', 'a?b', true],
    ['a{b,c}', 'a{b,*', true],
    ['ab', '{a,b}*', false],
    ['!a', '!*', true],
    ['+(a)', '+(a*', true],
    ['a b', "'a '?", true],
    ["it's", "it\\'?", true],
    ['a^b$', 'a^b[$]', true],
    ['b', '[^a]', false],
  ])('%j fits %j: %s', (name, pattern, expected) => expect(fits(name, pattern)).toBe(expected))

  it('made of a text fits that text alone', () => {
    for (const text of ['a', 'a*b', '[x]', 'a\\b', '?']) {
      expect(compile(literal(text))(text), text).toBe(true)
      expect(compile(literal(text))(`${text}x`), text).toBe(false)
    }
  })
})
