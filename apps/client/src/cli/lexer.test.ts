import { describe, expect, it } from 'vitest'
import { splitWords, unfinished } from './lexer.ts'

describe('a line', () => {
  it.each([
    ['', []],
    ['   # a comment', []],
    ['get a b', ['get', 'a', 'b']],
    ['get "a b" c\\ d', ['get', 'a b', 'c d']],
    ["get 'a\\b' it\\'s", ['get', 'a\\b', "it's"]],
    ['get "a\\"b\\\\c\\d"', ['get', 'a"b\\c\\d']],
    ['get a"b c"d # comment', ['get', 'ab cd']],
    ['get a#b', ['get', 'a#b']],
    ['get ""', ['get', '']],
    ['日本 語', ['日本', '語']],
  ])('%j has the words %j', (line, words) =>
    expect(splitWords(line).words.map(({ text }) => text)).toEqual(words),
  )

  it.each([
    ['get a &', true],
    ['get a&', true],
    ['get a & # later', true],
    ['get a\\&', false],
    ['get "a&"', false],
    ['get a & b', false],
  ])('%j is for the background: %s', (line, background) =>
    expect(splitWords(line).background).toBe(background),
  )

  it.each(['get "a', "get it's", 'get a\\'])('%j is refused: something is not closed', (line) =>
    expect(() => splitWords(line)).toThrow(expect.objectContaining({ code: 'usage' })),
  )

  it('has patterns where a special character is not quoted', () => {
    const patterns = splitWords('get *.txt "*.txt" \\*.txt a"*"b? [ab]').words.map(({ pattern }) => pattern)
    expect(patterns).toEqual([undefined, '*.txt', undefined, undefined, 'a\\*b?', '[ab]'])
  })
})

it.each([
  ['', '', '', ''],
  ['get', '', 'get', 'get'],
  ['get ', 'get ', '', ''],
  ['get a b', 'get a ', 'b', 'b'],
  ['get two\\ wo', 'get ', 'two\\ wo', 'two wo'],
  ['get "two wo', 'get ', '"two wo', 'two wo'],
  ["get a'b c", 'get ', "a'b c", 'ab c'],
  ['-s nas get "x y" z', '-s nas get "x y" ', 'z', 'z'],
])('%j is being typed: %j and %j, which is %j', (line, before, raw, current) =>
  expect(unfinished(line)).toEqual({ before, raw, current }),
)

describe('On Windows, a backslash', () => {
  const words = (line: string) => splitWords(line, 'win32').words

  it('is part of a path, also inside quotes and at the end', () => {
    const texts = words('lcd C:\\work\\ "D:\\my files\\" \'a\\b\'').map(({ text }) => text)
    expect(texts).toEqual(['lcd', 'C:\\work\\', 'D:\\my files\\', 'a\\b'])
    expect(unfinished('put C:\\wo', 'win32')).toEqual({ before: 'put ', raw: 'C:\\wo', current: 'C:\\wo' })
  })

  it('separates the names in a pattern', () => {
    expect(words('put photos\\*.jpg "*.txt"').map(({ pattern }) => pattern)).toEqual([
      ...[undefined, 'photos/*.jpg', undefined],
    ])
  })
})
