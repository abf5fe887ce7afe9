import { expect, it } from 'vitest'
import { sourcesBelow } from './sources.ts'

/*
 * A test that passes because a machine is fast, or slow, fails on another one. So tests wait for what happens, as long
 * as it takes; vitest.config.ts alone says when something hangs. What has to look at a clock is in test/timing.
 */
const FORBIDDEN: readonly [what: string, pattern: RegExp, instead: string][] = [
  ['sleeps', /\bsetTimeout\(|\bsetTimeout as\b/, 'wait for an event, or use until()'],
  ['waits a second and no longer', /\bvi\.waitFor\(/, 'use until(), or expect.poll()'],
  [
    'has a deadline of its own',
    /\btimeout: [\d_]+\b(?! \+)|^ *\}, [\d_]{4,}\)$/m,
    'vitest.config.ts ends what hangs',
  ],
  ['changes that of all tests', /\btestTimeout\b/, 'vitest.config.ts ends what hangs'],
  ['looks at how long something took', /expect\([^\n]*performance\.now\(\)/, 'measure in test/timing'],
]

/** More than what hangs is given elsewhere, for what is known to be long. */
const LONG = /\btimeout: [3-9]\d{2}_000\b/g

const TESTS = ['apps', 'packages', 'test']
  .flatMap((folder) => sourcesBelow(folder))
  .filter(
    ({ path, isTest }) =>
      isTest && !path.startsWith('test/timing/') && path !== 'test/architecture/waiting.test.ts',
  )

it.each(FORBIDDEN)('no test %s', (_, pattern, instead) => {
  expect(TESTS.length).toBeGreaterThan(150)
  const found = TESTS.filter(({ text }) => pattern.test(text.replaceAll(LONG, '')))
  expect(
    found.map(({ path }) => path),
    instead,
  ).toEqual([])
})
