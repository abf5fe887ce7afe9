import { TransferError } from '@ftp/protocol'
import { describe, expect, it } from 'vitest'
import { endedText, resumedText, retryText, summaryText } from './sentences.ts'

const MIB = 1024 ** 2
const EVIL = 'a\x1b[2J\nb'

describe('the sentence about a continued transfer', () => {
  it.each([
    [3 * MIB, 3 * MIB, 'f: continuing at 3.0 MiB'],
    [3 * MIB, 3 * MIB + 500, 'f: continuing at 3.0 MiB'],
    [1 * MIB, 3 * MIB, 'f: continuing at 1.0 MiB; the next 2.0 MiB have changed and are transferred again'],
    [0, 3 * MIB, 'f: the file has changed since the earlier attempt; starting again'],
  ])('%d of %d', (position, held, text) => expect(resumedText('f', position, held)).toBe(text))
})

describe('the sentences', () => {
  const effort = { moved: 5 * MIB, seconds: 2 }

  it('say how a file ended', () => {
    const done = { outcome: 'done', bytes: 5 * MIB, md5: 'd41d8cd98f00b204e9800998ecf8427e' } as const
    expect(endedText('f', 'received', done, effort)).toMatch(
      /^f: received and verified, 5\.0 MiB.*MD5 d41d8cd9/,
    )
    expect(endedText('f', 'received', { outcome: 'skipped', bytes: 0 }, effort)).toBe('f: left as it is')
  })

  it('say when it goes on', () => {
    const failure = new TransferError('lost', 'the connection broke')
    expect(retryText('f', failure, 1_234)).toBe('f: trying again in 1.2 s, because: the connection broke')
  })

  it('count', () => {
    const none = { files: 1, bytes: 0, moved: 0, skipped: 0, failed: 0, seconds: 0, codes: [], failures: [] }
    expect(summaryText('stored', none)).toBe('1 file stored and verified, 0 B')
    const several = { ...none, files: 2, bytes: 10 * MIB, moved: 10 * MIB, skipped: 3, failed: 1, seconds: 4 }
    expect(summaryText('stored', several)).toBe(
      '2 files stored and verified, 10.0 MiB in 0:04 (2.5 MiB/s), 3 left as they are, 1 failed',
    )
  })

  it('let no name and no message of a server reach the terminal as it is', () => {
    const failure = new TransferError('io', EVIL)
    const texts = [
      resumedText(EVIL, 0, MIB),
      resumedText(EVIL, MIB, MIB),
      retryText('f', failure, 0),
      retryText(EVIL, failure, 0),
      endedText(EVIL, 'received', { outcome: 'skipped', bytes: 0 }, effort),
      endedText(EVIL, 'received', { outcome: 'done', bytes: 0 }, effort),
    ]
    for (const text of texts) expect(text).not.toMatch(/\p{Cc}/u)
  })
})
