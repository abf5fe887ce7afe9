import { expect, it } from 'vitest'
import { importsOf } from './sources.ts'

it('imports are found in every form', () => {
  const text = [
    "import a from 'a'",
    "import type { B } from './b.ts'",
    "import {\n  c,\n  type D,\n} from '../c.ts'",
    "export * as e from 'e'",
    "export type * from './f.ts'",
    "import 'g'",
    "const h = await import('node:os')",
    "const noImport = 'from'",
  ].join('\n')
  expect(importsOf(text)).toEqual(['a', './b.ts', '../c.ts', 'e', './f.ts', 'g', 'node:os'])
})
