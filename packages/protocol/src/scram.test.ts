import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import vectors from '../vectors/scram.json' with { type: 'json' }
import { TransferError } from './errors.ts'
import {
  clientProof,
  deriveKeys,
  isProof,
  preparePassword,
  type ScramKeys,
  serverSignature,
  verifierOf,
} from './scram.ts'
import { ScramClient } from './scram-client.ts'
import { ScramServer } from './scram-server.ts'

const BINDING = Buffer.alloc(32, 7)
const NONCE = '0123456789abcdef'
/** As good as derived ones, and made at once. */
const KEYS: ScramKeys = {
  salt: Buffer.alloc(16, 1),
  iterations: 100_000,
  clientKey: Buffer.alloc(32, 2),
  serverKey: Buffer.alloc(32, 3),
}

const client = (binding?: Uint8Array, keys = KEYS): ScramClient =>
  new ScramClient({ user: 'anna', keys: async () => keys }, binding)
const server = (binding?: Uint8Array, keys = KEYS): ScramServer =>
  new ScramServer(async () => verifierOf(keys), binding)

function codeOf(error: unknown): unknown {
  return error instanceof TransferError ? error.code : error
}

describe('the keys', () => {
  it('of the example of RFC 7677, section 3, make its proof and its signature', async () => {
    const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64')
    const nonce = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0'
    const authMessage = `n=user,r=rOprNGfwEbeRWgbNEkqO,r=${nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=${nonce}`
    const keys = await deriveKeys('pencil', salt, 4_096)
    const proof = clientProof(keys.clientKey, authMessage)
    expect(proof.toString('base64')).toBe('dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=')
    expect(isProof(proof, verifierOf(keys).storedKey, authMessage)).toBe(true)
    expect(isProof(proof, verifierOf(keys).storedKey, `${authMessage} `)).toBe(false)
    expect(serverSignature(keys.serverKey, authMessage).toString('base64')).toBe(
      '6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
    )
  })

  it('that a server keeps do not contain the one that logs in', () => {
    const { storedKey } = verifierOf(KEYS)
    expect(Buffer.from(storedKey)).toEqual(createHash('sha256').update(KEYS.clientKey).digest())
    expect(Object.keys(verifierOf(KEYS))).not.toContain('clientKey')
  })
})

describe('an exchange', () => {
  it.each(vectors.exchanges)(
    'P-6.17, P-6.18: has the four messages of the vectors: $user',
    async (vector) => {
      const { user, password, salt, iterations, clientNonce, serverNonce } = vector
      const binding = 'binding' in vector ? Buffer.from(String(vector.binding), 'hex') : undefined
      const keys = await deriveKeys(password, Buffer.from(salt, 'base64'), iterations)
      const asked: string[] = []
      const one = new ScramClient(
        { user, keys: (...of) => deriveKeys(password, ...of) },
        binding,
        clientNonce,
      )
      const other = new ScramServer(
        async (name) => {
          asked.push(name)
          return verifierOf(keys)
        },
        binding,
        serverNonce,
      )
      expect(one.first()).toBe(vector.clientFirst)
      expect(await other.challenge(vector.clientFirst)).toBe(vector.serverFirst)
      expect(await one.final(vector.serverFirst)).toBe(vector.clientFinal)
      expect(other.finish(vector.clientFinal)).toEqual({ user, final: vector.serverFinal })
      expect(asked).toEqual([user])
      one.verify(vector.serverFinal)
    },
  )

  it.each(vectors.challenges)('P-6.20: a client refuses a challenge with $what', async ({ message }) => {
    let computed = 0
    const keys = async (): Promise<ScramKeys> => {
      computed++
      return KEYS
    }
    const one = new ScramClient({ user: 'anna', keys }, undefined, 'MINE')
    expect(codeOf(await one.final(message).catch((error: unknown) => error))).toBe('login')
    expect(computed).toBe(0)
  })

  it.each(vectors.beginnings)('P-6.17, P-6.18, P-6.20: a server refuses $what', async ({ message, tls }) => {
    let looked = 0
    const other = new ScramServer(
      async () => {
        looked++
        return verifierOf(KEYS)
      },
      tls ? BINDING : undefined,
    )
    await expect(other.challenge(message)).rejects.toEqual(expect.objectContaining({ code: 'login' }))
    expect(looked).toBe(0)
  })

  it('P-6.18: in plaintext a server takes a client that could bind to a channel', async () => {
    expect(await server().challenge(`y,,n=anna,r=${NONCE}`)).toMatch(/^r=0123456789abcdef/)
  })

  it('fails through a relay, whose channels are two', async () => {
    const one = client(BINDING)
    const other = server(Buffer.alloc(32, 8))
    const final = await one.final(await other.challenge(one.first()))
    expect(() => other.finish(final)).toThrow(/somebody stands between/)
  })

  it('fails with another password, and says no more', async () => {
    const one = client(BINDING, { ...KEYS, clientKey: Buffer.alloc(32, 9) })
    const other = server(BINDING)
    const final = await one.final(await other.challenge(one.first()))
    expect(() => other.finish(final)).toThrow('the user name or the password is not right')
  })

  it.each<[string, (final: string) => string]>([
    ['another nonce', (final) => final.replace(/r=[^,]*/, 'r=other')],
    ['no proof', (final) => final.replace(/,p=.*/, '')],
    ['an empty proof', (final) => final.replace(/,p=.*/, ',p=')],
    ['a proof of 31 bytes', (final) => final.replace(/,p=.*/, `,p=${Buffer.alloc(31).toString('base64')}`)],
    ['a proof of 33 bytes', (final) => final.replace(/,p=.*/, `,p=${Buffer.alloc(33).toString('base64')}`)],
    ['a proof in a second spelling', (final) => final.replace(/=$/, '')],
    ['something behind the proof', (final) => `${final},x=y`],
    ['another order', (final) => final.replace(/^(c=[^,]*),(r=[^,]*)/, '$2,$1')],
    ['no binding', (final) => final.replace(/c=[^,]*/, 'c=biws')],
    ['a binding in a second spelling', (final) => final.replace(/(c=[^,]*)/, '$1=')],
    ['nothing', () => ''],
  ])('P-6.17: a server refuses an end with %s', async (_, change) => {
    const one = client(BINDING)
    const other = server(BINDING)
    const final = await one.final(await other.challenge(one.first()))
    expect(change(final)).not.toBe(final)
    expect(() => other.finish(change(final))).toThrow(expect.objectContaining({ code: 'login' }))
  })

  it('ends once: the same proof is no good again, nor in another exchange', async () => {
    const one = client(BINDING)
    const other = server(BINDING)
    const first = one.first()
    const final = await one.final(await other.challenge(first))
    other.finish(final)
    expect(() => other.finish(final)).toThrow(/not the end/)
    const next = server(BINDING)
    await next.challenge(first)
    expect(() => next.finish(final)).toThrow(/not the end/)
  })

  it.each([
    ['nothing', () => undefined],
    ['another signature', (final: string) => final.replace(/=.{5}/, '=AAAAA')],
    ['an error', () => 'e=other-error'],
    ['an error and a signature', (final: string) => `e=other-error,${final}`],
    ['a signature and more', (final: string) => `${final},x=y`],
    ['an empty signature', () => 'v='],
  ])('P-6.21: a client refuses a server that ends with %s', async (_, change) => {
    const one = client(BINDING)
    const other = server(BINDING)
    const { final } = other.finish(await one.final(await other.challenge(one.first())))
    expect(() => one.verify(change(final))).toThrow(expect.objectContaining({ code: 'login' }))
    one.verify(final)
  })
})

describe('whatever the other side says', () => {
  const message = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc
      .array(
        fc.constantFrom('n,,', 'n=', 'r=', 's=', 'i=', 'c=', 'p=', ',', '=2C', NONCE, 'AAAA', '600000', 'm='),
        {
          maxLength: 14,
        },
      )
      .map((parts) => parts.join('')),
  )

  it('a server answers, or refuses with the code login', async () => {
    await fc.assert(
      fc.asyncProperty(message, message, async (first, final) => {
        const other = server()
        try {
          expect(await other.challenge(first)).toMatch(/^r=/)
          other.finish(final)
          expect.unreachable()
        } catch (error) {
          expect(codeOf(error)).toBe('login')
        }
      }),
      { numRuns: 3_000 },
    )
  })

  it('a client answers, or refuses with the code login, and is never convinced', async () => {
    await fc.assert(
      fc.asyncProperty(message, message, async (first, final) => {
        const one = new ScramClient({ user: 'anna', keys: async () => KEYS }, undefined, NONCE)
        try {
          expect(await one.final(first)).toMatch(/^c=biws,r=/)
          one.verify(final)
          expect.unreachable()
        } catch (error) {
          expect(codeOf(error)).toBe('login')
        }
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('passwords', () => {
  it.each([
    ['café', 'cafe\u0301'],
    ['a b', 'a\u00a0b'],
    ['a b', 'a\u3000b'],
    ['🔒', '🔒'],
    ['ﬁ', 'ﬁ'],
  ])('P-6.19: %j is the password that is typed %j', (prepared, typed) => {
    expect(preparePassword(typed)).toBe(prepared)
  })

  it.each(['', 'a\nb', 'a\u0000', '\ud800', 'x'.repeat(1_025)])('P-6.19: %j is no password', (typed) => {
    expect(() => preparePassword(typed)).toThrow(/cannot be a password/)
  })
})
