import { describe, expect, it, vi } from 'vitest'
import { asInUse, whileInUse, whileInUseNow } from './busy.ts'
import { renameOverReadOnly } from './read-only.ts'

const failing = (code: string) => () => {
  throw Object.assign(new Error(code), { code })
}

/** An action that fails so often before it succeeds. */
function busy(times: number, code: string): () => string {
  return () => (times-- > 0 ? failing(code)() : 'done')
}

describe('A file that is in use', () => {
  it.each(['EBUSY', 'EPERM', 'EACCES'])('on Windows, %s is tried again', async (code) => {
    expect(await whileInUse(busy(2, code), 'win32')).toBe('done')
    expect(whileInUseNow(busy(2, code), 'win32')).toBe('done')
  })

  it('is an error if it stays in use', async () => {
    let now = 0
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 600))
    await expect(whileInUse(failing('EPERM'), 'win32')).rejects.toMatchObject({ code: 'EBUSY' })
    expect(() => whileInUseNow(failing('EACCES'), 'win32')).toThrow(
      expect.objectContaining({ code: 'EBUSY' }),
    )
    vi.restoreAllMocks()
  })

  it('is no reason to wait elsewhere, nor for other errors', async () => {
    await expect(whileInUse(busy(1, 'EPERM'), 'linux')).rejects.toMatchObject({ code: 'EPERM' })
    await expect(whileInUse(busy(1, 'ENOSPC'), 'win32')).rejects.toMatchObject({ code: 'ENOSPC' })
    expect(asInUse(new Error('other'), 'win32')).toMatchObject({ message: 'other' })
  })
})

describe('A file that is read-only', () => {
  /** A disk that replaces only what may be written. */
  function disk(mode: number, isFile = true) {
    const calls: string[] = []
    const stats = { mode, isFile: () => isFile }
    return {
      calls,
      renameSync: () => {
        calls.push('rename')
        if ((stats.mode & 0o200) === 0) failing('EPERM')()
      },
      statSync: () => stats,
      chmodSync: (_: unknown, bits: number) => {
        calls.push('chmod')
        stats.mode = bits
      },
    }
  }
  const rename = (calls: object): void =>
    renameOverReadOnly('a', 'b', calls as Parameters<typeof renameOverReadOnly>[2])

  it('is replaced all the same', () => {
    const readOnly = disk(0o444)
    rename(readOnly)
    expect(readOnly.calls).toEqual(['rename', 'chmod', 'rename'])
  })

  it('nothing else is changed', () => {
    const writable = disk(0o666)
    rename(writable)
    expect(writable.calls).toEqual(['rename'])
    const directory = disk(0o444, false)
    expect(() => rename(directory)).toThrow('EPERM')
    expect(directory.calls).toEqual(['rename'])
  })
})
