import { expect, it } from 'vitest'
import { sourcesBelow } from './sources.ts'

/* The messages of errors are sentences of one kind, whoever writes them. */

const MESSAGE = /new TransferError\(\s*(?:'\w+'|\w+),\s*(['`])((?:\\.|(?!\1).)*)\1/gs

/** What no message says, and what it says instead. */
const RULES: readonly (readonly [wrong: RegExp, instead: string])[] = [
  [/\.$/, 'no full stop at the end: the message may be part of a longer line'],
  [/^[A-Z]/, 'a small letter at the beginning, because the name of the program comes before it'],
  [/\?$/, 'what is wrong and what to type, not a question'],
  [/(?<!there )\b(is|are) no (?!longer)/, 'is not a …'],
  [/\bexists already\b/, 'already exists'],
  [/\b(fetch failed|errno)\b/, 'the reason in words'],
  [/ [;,]/, 'no blank before a punctuation mark'],
]

const messages = [...sourcesBelow('apps'), ...sourcesBelow('packages')]
  .filter(({ isTest }) => !isTest)
  .flatMap(({ path, text }) => [...text.matchAll(MESSAGE)].map(([, , message = '']) => ({ path, message })))

it('The messages are found', () => expect(messages.length).toBeGreaterThan(250))

it.each(RULES)('No message matches %s; it says: %s', (wrong) => {
  expect(messages.filter(({ message }) => wrong.test(message))).toEqual([])
})
