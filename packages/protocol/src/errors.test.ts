import { describe, expect, it } from 'vitest'
import { ERROR_CODES, endsConnection, isErrorCode, listedCode, TransferError } from './errors.ts'

describe('TransferError', () => {
  it('knows what each code asks of the caller', () => {
    expect(new TransferError('lost', 'x').advice).toBe('resume')
    expect(new TransferError('busy', 'x').advice).toBe('retry')
    expect(new TransferError('not_found', 'x').advice).toBe('stop')
  })

  it('P-13.1: lets nobody resume on a connection that is kept', () => {
    for (const [code, { advice, connection }] of Object.entries(ERROR_CODES)) {
      if (advice === 'resume') expect(connection, code).toBe('closed')
    }
  })

  it('P-13.1: knows whether its connection goes on', () => {
    expect(endsConnection('not_found')).toBe(false)
    for (const code of ['protocol', 'login', 'shutdown', 'timeout', 'lost', 'config'] as const)
      expect(endsConnection(code), code).toBe(true)
  })

  it('keeps what it was made from as its cause', () => {
    const cause = new RangeError('deep inside')
    const error = TransferError.from(cause)
    expect(error).toMatchObject({ code: 'internal', message: 'deep inside', cause })
    expect(TransferError.from(error, 'io')).toBe(error)
    expect(TransferError.from('text', 'io')).toMatchObject({ code: 'io', message: 'text', cause: 'text' })
    expect(TransferError.from(undefined)).toMatchObject({ code: 'internal', message: 'undefined' })
  })

  it('is the first failure where tidying up after it has failed too', () => {
    const first = new TransferError('no_space', 'the disk is full')
    const failing = (): void => {
      using _ = {
        [Symbol.dispose]() {
          throw new Error('the database is full too')
        },
      }
      throw first
    }
    expect(failing).toThrow(SuppressedError)
    try {
      failing()
    } catch (error) {
      expect(TransferError.from(error)).toBe(first)
    }
  })
})

describe('local codes', () => {
  it('are never those of the protocol, and are sent and shown as one of them', () => {
    for (const code of ['usage', 'config', 'aborted'] as const) {
      expect(isErrorCode(code)).toBe(false)
      expect(isErrorCode(listedCode(code))).toBe(true)
      expect(new TransferError(code, 'x').advice).toBe('stop')
    }
    expect(listedCode('io')).toBe('io')
  })
})

describe('isErrorCode', () => {
  it('P-13.1: knows the codes of the list and nothing that objects inherit', () => {
    for (const code of Object.keys(ERROR_CODES)) expect(isErrorCode(code)).toBe(true)
    for (const other of [
      '',
      'NOT_FOUND',
      'toString',
      '__proto__',
      'constructor',
      0,
      null,
      undefined,
      {},
      ['io'],
    ])
      expect(isErrorCode(other)).toBe(false)
  })
})
