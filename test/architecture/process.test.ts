import path from 'node:path'
import { expect, it } from 'vitest'
import { importsOf, SOURCES } from './sources.ts'

/** What code outside main.js may ask of the process that it runs in. */
const PROCESS = ['platform', 'umask', 'pid', 'kill', 'hrtime', 'nextTick', 'getBuiltinModule']

it('only main.js, what it calls first, command.ts and connect.ts, where programs begin, know the process they are in', () => {
  for (const { path: file, text } of SOURCES) {
    if (['main.js', 'main.ts', 'quick-start.js', 'command.ts', 'connect.ts'].includes(path.basename(file)))
      continue
    const used = [...text.matchAll(/\bprocess\.(\w+)/g)].map(([, property = '']) => property)
    expect(
      used.filter((property) => !PROCESS.includes(property)),
      file,
    ).toEqual([])
    expect(importsOf(text), file).not.toContain('node:process')
  }
})
