import { TransferError } from '@ftp/protocol'
import { expect, it } from 'vitest'
import type { TransferResult } from '../transfer/result.ts'
import type { Reporter } from './reporter.ts'
import { type JobSource, runJobs, type SourceItem } from './scheduler.ts'

const SILENT = {
  notice: () => {},
  found: () => {},
  foundAll: () => {},
  summary: () => {},
  file: () => ({ done: () => {}, failed: () => {} }),
} as unknown as Reporter

it('looks for no more files once it is interrupted', async () => {
  const interrupt = new AbortController()
  let pages = 0
  const source: JobSource = {
    find: async function* (): AsyncGenerator<readonly SourceItem[]> {
      while (pages < 100) {
        if (++pages === 3) interrupt.abort(new TransferError('aborted', 'interrupted'))
        yield []
      }
    },
    finish: async function* () {},
  }
  const session = {
    signal: interrupt.signal,
    shareConnection: () => ({ [Symbol.dispose]: () => {} }),
  } as never
  const summary = await runJobs(session, source, { reporter: SILENT, jobs: 1 })
  expect({ pages, codes: summary.codes }).toEqual({ pages: 3, codes: ['aborted'] })
})

it.each([
  [1, 8],
  [4, 8],
  [16, 16],
])('%i connections have %i files of medium size under way, and larger ones alone', async (jobs, most) => {
  const MIB = 1_048_576
  const underWay = { medium: 0, large: 0 }
  const seen = { medium: 0, large: 0 }
  const item = (size: number): SourceItem => {
    const kind = size > 64 * MIB ? 'large' : 'medium'
    const move = async (): Promise<TransferResult> => {
      seen[kind] = Math.max(seen[kind], ++underWay[kind])
      await new Promise((resolve) => setImmediate(resolve))
      underWay[kind]--
      return { outcome: 'done', bytes: size }
    }
    return { job: { name: 'f', to: 'f', size, move } }
  }
  const source: JobSource = {
    find: async function* (): AsyncGenerator<readonly SourceItem[]> {
      yield Array.from({ length: 100 }, (_, i) => item(i < 50 ? 5 * MIB : 65 * MIB))
    },
    finish: async function* () {},
  }
  const session = {
    signal: new AbortController().signal,
    shareConnection: () => ({ [Symbol.dispose]: () => {} }),
    with: () => session,
  } as never
  await runJobs(session, source, { reporter: SILENT, jobs })
  expect(seen).toEqual({ medium: most, large: jobs })
})
