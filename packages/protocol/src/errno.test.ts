import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { errnoOf, fromErrno } from './errno.ts'
import { TransferError } from './errors.ts'

const systemError = (code: string): Error =>
  Object.assign(new Error(`${code}: open '/secret/root/a'`), { code })

describe('fromErrno', () => {
  it.each([
    ['ENOENT', 'not_found'],
    ['EACCES', 'forbidden'],
    ['EPERM', 'forbidden'],
    ['EROFS', 'forbidden'],
    ['EEXIST', 'exists'],
    ['EISDIR', 'is_directory'],
    ['ENOTDIR', 'not_directory'],
    ['ENOTEMPTY', 'not_empty'],
    ['ELOOP', 'not_file'],
    ['ENXIO', 'not_file'],
    ['ENAMETOOLONG', 'name'],
    ['ENOSPC', 'no_space'],
    ['EDQUOT', 'quota'],
    ['EFBIG', 'too_large'],
    ['EMFILE', 'exhausted'],
    ['ENFILE', 'exhausted'],
    ['EIO', 'io'],
    ['EXDEV', 'forbidden'],
    ['EBUSY', 'exhausted'],
  ])('makes %s the error %s, in words about what was touched', (errno, code) => {
    const cause = systemError(errno)
    const error = fromErrno(cause, '"a"')
    expect(error).toMatchObject({ code, cause })
    expect(error.message).toMatch(/^"a": ./)
  })

  it.each(['EMFILE', 'ENFILE', 'ENOMEM', 'EBUSY'])('lets a server with %s say that it is busy', (errno) =>
    expect(fromErrno(systemError(errno), '"a"', 'on the server').code).toBe('busy'),
  )

  it('does not tell where the files are on the disk', () => {
    for (const errno of ['ENOENT', 'EXDEV', 'EBUSY', 'EINVAL'])
      expect(fromErrno(systemError(errno), '"a"').message).not.toContain('/secret')
  })

  it('works on what the file system really throws', () => {
    let caught: unknown
    try {
      fs.readFileSync('/nowhere/at/all')
    } catch (error) {
      caught = error
    }
    expect(errnoOf(caught)).toBe('ENOENT')
    expect(fromErrno(caught, 'the file')).toMatchObject({
      code: 'not_found',
      message: 'the file: there is no such file or directory here',
    })
  })

  it('takes everything else for a fault of the program', () => {
    for (const error of [
      new TypeError('x'),
      systemError('ERR_INVALID_ARG_TYPE'),
      systemError('toString'),
      'x',
      null,
    ])
      expect(fromErrno(error, '"a"').code).toBe('internal')
  })

  it('leaves a TransferError as it is', () => {
    const error = new TransferError('quota', 'x')
    expect(fromErrno(error, '"a"')).toBe(error)
  })
})

describe('errnoOf', () => {
  it('is undefined for what has no code of text', () => {
    for (const value of [
      undefined,
      null,
      'ENOENT',
      { code: 'ENOENT' },
      new Error('x'),
      Object.assign(new Error('x'), { code: 5 }),
    ])
      expect(errnoOf(value)).toBeUndefined()
  })
})
