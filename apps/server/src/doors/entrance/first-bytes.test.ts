import { encodeFrame, LIMITS } from '@ftp/protocol'
import { describe, expect, it } from 'vitest'
import { FIRST_BYTES, spokenIn } from './first-bytes.ts'

describe('the first bytes of a connection', () => {
  it('are FTX for a hello of every length that is allowed before the login', () => {
    for (let length = 40; length <= LIMITS.headerBeforeLogin; length++) {
      const bare = encodeFrame({ id: 1, type: 'hello', versions: [1], client: '' })
      const client = 'x'.repeat(Math.max(0, length - (bare.length - 4)))
      const hello = encodeFrame({ id: 1, type: 'hello', versions: [1], client })
      expect(spokenIn(hello), `${length}`).toBe('ftx')
    }
  })

  it.each([
    ['16030100', 'tls', 'a ClientHello of less than 256 bytes'],
    ['16030102', 'tls', 'a ClientHello'],
    ['160303ff', 'tls', 'a ClientHello in a record of version 1.2'],
    ['16030000', 'ftx', 'a header of 790 bytes, and SSL 3.0, which nobody speaks any more'],
    ['5353482d', 'ssh', 'SSH-2.0'],
    ['47455420', 'http', 'GET /'],
    ['50555420', 'http', 'PUT /'],
    ['4d4b434f', 'http', 'MKCOL'],
    ['50524920', 'unknown', 'PRI *, HTTP/2'],
    ['67657420', 'unknown', 'get /'],
    ['55534552', 'unknown', 'USER anna'],
    ['ffffffff', 'unknown', ''],
    ['0d0a0d0a', 'unknown', ''],
  ])('%s are %s: %s', (hex, spoken) => {
    expect(spokenIn(Buffer.from(hex, 'hex'))).toBe(spoken)
  })

  it('decide nothing before there are four of them', () => {
    for (let length = 0; length < FIRST_BYTES; length++)
      expect(spokenIn(Buffer.from('SSH-').subarray(0, length))).toBeUndefined()
  })
})
