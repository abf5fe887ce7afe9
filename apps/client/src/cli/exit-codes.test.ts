import { ERROR_CODES, type ErrorCode, type FailureCode } from '@ftp/protocol'
import { describe, expect, it } from 'vitest'
import { EXIT_CODES, exitCodeOf } from './exit-codes.ts'

/** What the documentation promises to scripts. */
const DOCUMENTED: Readonly<Record<number, readonly ErrorCode[]>> = {
  1: ['internal', 'protocol', 'version', 'unsupported', 'io'],
  2: ['bad_request', 'name'],
  3: ['not_found'],
  4: ['login', 'forbidden', 'not_file', 'busy'],
  5: ['exists', 'is_directory', 'not_directory', 'not_empty', 'changed', 'taken_over'],
  6: ['lost', 'timeout', 'shutdown'],
  7: ['checksum'],
  8: ['no_space', 'quota', 'too_large'],
  130: ['cancelled'],
}

describe('the exit codes', () => {
  it('give every failure the number that is documented', () => {
    for (const [exit, codes] of Object.entries(DOCUMENTED))
      for (const code of codes) expect(EXIT_CODES[code], code).toBe(Number(exit))
    expect(Object.values(DOCUMENTED).flat().sort()).toEqual(Object.keys(ERROR_CODES).sort())
  })

  it('never say 0 of a failure', () => {
    for (const exit of Object.values(EXIT_CODES)) expect(exit).toBeGreaterThan(0)
  })

  it.each<[FailureCode[], number]>([
    [[], 0],
    [['io'], 1],
    [['internal', 'io'], 1],
    [['not_found', 'internal'], 3],
    [['no_space', 'exists', 'io', 'checksum'], 5],
    [['cancelled', 'lost'], 6],
    [['cancelled'], 130],
    [['aborted'], 130],
    [['exhausted'], 1],
    [['busy'], 4],
    [['usage', 'config'], 2],
  ])('of the failures %j: %d, the smallest that is not 1', (codes, exit) =>
    expect(exitCodeOf(codes)).toBe(exit),
  )
})
