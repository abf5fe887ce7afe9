import { TransferError } from '@ftp/protocol'
import { expect, it } from 'vitest'
import type { Reporter } from './reporter.ts'
import { type JobSource, runJobs, type SourceItem } from './scheduler.ts'

const SILENT = { notice: () => {}, foundAll: () => {}, summary: () => {} } as unknown as Reporter

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
