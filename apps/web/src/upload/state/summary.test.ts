import { expect, it } from 'vitest'
import { Upload, type UploadState } from '../queue/upload.ts'
import { shownUploads, summarize } from './summary.ts'

function uploadIn(state: UploadState, sent = 0): Upload {
  const upload = new Upload({ folder: [], file: new File(['12345'], state.type) }, [], 'fail')
  upload.state = state
  upload.sent = sent
  return upload
}

const UPLOADS = [
  uploadIn({ type: 'done' }, 5),
  uploadIn({ type: 'waiting' }),
  uploadIn({ type: 'unreachable' }, 2),
  uploadIn({ type: 'failed', reason: { code: 'quota', message: '' } }, 1),
  uploadIn({ type: 'skipped' }),
]

it('counts what is still to do, and not what will not be done', () => {
  expect(summarize(UPLOADS)).toEqual({
    ...{ count: 5, done: 1, failed: 1, clashing: 0, paused: 0, active: 2, unreachable: 1 },
    ...{ size: 15, sent: 7 },
  })
})

it('shows what needs attention first, and not more than a hundred', () => {
  const names = shownUploads(UPLOADS).map(({ name }) => name)
  expect(names).toEqual(['unreachable', 'failed', 'waiting', 'done', 'skipped'])
  const many = Array.from({ length: 1_000 }, () => uploadIn({ type: 'waiting' }))
  expect(shownUploads([...many, uploadIn({ type: 'sending' })])).toHaveLength(100)
})
