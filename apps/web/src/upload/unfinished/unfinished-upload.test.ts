import { describe, expect, it } from 'vitest'
import { findUnfinished, parseUnfinished } from './unfinished-upload.ts'

describe('unfinished uploads', () => {
  const uploads = parseUnfinished({
    uploads: [
      { url: '/uploads/1', path: 'a/b', size: 5, length: 9 },
      { url: '/uploads/2', path: 'a/b', size: 7 },
      { url: '/uploads/3', path: 'a/b', size: 8, running: true },
      { path: 'of ftp-client', size: 1 },
    ],
  })

  it('are those that any client can continue', () => {
    expect(uploads.map(({ url, length }) => [url, length])).toEqual([
      ['/uploads/1', 9],
      ['/uploads/2', undefined],
      ['/uploads/3', undefined],
    ])
    expect(parseUnfinished('nonsense')).toEqual([])
  })

  it('are found by their path: the one with the most bytes that nobody is sending', () => {
    expect(findUnfinished(uploads, ['a', 'b'])?.url).toBe('/uploads/2')
    expect(findUnfinished(uploads, ['b'])).toBeUndefined()
  })
})
