import fc from 'fast-check'
import { expect, it } from 'vitest'
import frames from '../vectors/frames.json' with { type: 'json' }
import messages from '../vectors/messages.json' with { type: 'json' }
import { TransferError } from './errors.ts'
import { encodeFrame, FrameDecoder } from './frame.ts'
import { nameProblem } from './names.ts'
import { parseClientMessage, parseReply } from './parse.ts'
import { formatPath, parsePath } from './path.ts'
import { ScramServer } from './scram-server.ts'

/*
 * Whatever comes from the other side is taken or refused with a TransferError, and nothing else ever happens.
 * `CASES=1000000` makes a night of it.
 */
const CASES = Number(process.env.CASES ?? 10_000)
/** Without SEED they are others each time; a failure tells its own. */
const SEED = process.env.SEED
const RUNS = { numRuns: Math.ceil(CASES / 5), ...(SEED !== undefined && { seed: Number(SEED) }) }
const timeout = 300_000 + CASES / 5

/** Runs an action that may refuse, but not fail. */
function tolerate<T>(action: () => T): T | undefined {
  try {
    return action()
  } catch (error) {
    if (error instanceof TransferError && error.code !== 'internal') return undefined
    throw error
  }
}

/** Good inputs with a few bytes changed reach deeper than random ones. */
function mutated(good: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255), fc.constantFrom('set', 'insert', 'cut')), {
    maxLength: 6,
  })
  return fc.tuple(fc.constantFrom(...good), edits).map(([bytes, changes]) => {
    let changed = Buffer.from(bytes)
    for (const [where, byte, how] of changes) {
      const at = where % (changed.length + 1)
      const [before, after] = [changed.subarray(0, at), changed.subarray(at)]
      if (how === 'set' && at < changed.length) changed[at] = byte
      if (how === 'insert') changed = Buffer.concat([before, Buffer.from([byte]), after])
      if (how === 'cut') changed = Buffer.from(before)
    }
    return changed
  })
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Every message in the vectors: what has a type. */
function messagesIn(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return []
  const inside = Object.values(value).flatMap(messagesIn)
  return 'type' in value && typeof value.type === 'string' ? [value, ...inside] : inside
}

const told = [...messages.client, ...messages.server].flatMap(({ message }) => messagesIn(readJson(message)))
const headers = [...messagesIn(frames), ...told]
const encoded = headers.map((header) => encodeFrame({ ...header, size: undefined }))

function decode(chunks: readonly Uint8Array[]): { headers: object[]; broken: boolean } {
  const decoder = new FrameDecoder({ header: 2_048, payload: 100 })
  const found: object[] = []
  for (const chunk of chunks) {
    const whole = tolerate(() => {
      for (const { header } of decoder.push(chunk)) found.push(header)
      return true
    })
    if (whole === undefined) return { headers: found, broken: true }
  }
  return { headers: found, broken: false }
}

it('the vectors give enough to start from', () => {
  expect(encoded.length).toBeGreaterThan(20)
})

it('frames: the same ones come out however the bytes are cut, or all are refused at the same place', {
  timeout,
}, () => {
  const bytes = fc.array(
    fc.oneof({ weight: 4, arbitrary: mutated(encoded) }, fc.uint8Array({ maxLength: 40 })),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  fc.assert(
    fc.property(bytes, fc.array(fc.nat(), { maxLength: 8 }), (parts, cuts) => {
      const stream = Buffer.concat(parts)
      const places = [0, ...cuts.map((cut) => cut % (stream.length + 1)).sort((a, b) => a - b), stream.length]
      const chunks = places.slice(1).map((end, index) => stream.subarray(places[index], end))
      expect(decode(chunks)).toEqual(decode([stream]))
    }),
    RUNS,
  )
})

it('headers: a message of either side is taken or refused', { timeout }, () => {
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom(-1, 0, 2 ** 53, '', '..', null, [], {}),
  )
  const keys = [...new Set(headers.flatMap((header) => Object.keys(header)))]
  const changed = fc.tuple(
    fc.constantFrom(...headers),
    fc.dictionary(fc.constantFrom(...keys, '__proto__', 'constructor'), value, { maxKeys: 4 }),
  )
  fc.assert(
    fc.property(changed, ([header, changes]) => {
      const message = { ...header, ...changes }
      tolerate(() => parseClientMessage(message))
      tolerate(() => parseReply(message))
    }),
    RUNS,
  )
})

it('paths: what is taken has no name that leads elsewhere, and is written as it was read', {
  timeout,
}, () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '..',
      '.',
      '',
      '/',
      '\\',
      '.ftp-part-',
      '.FTP-SERVER',
      '\0',
      '%2e%2e',
      'a',
      'ﬁ',
      '\u202e',
      '\u200d',
    ),
    fc.string({ unit: 'binary', maxLength: 5 }),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('')
      const path = tolerate(() => parsePath(text))
      if (path === undefined) return
      const leadsElsewhere = (name: string): boolean =>
        nameProblem(name) !== undefined || ['', '.', '..'].includes(name) || /[/\0]/.test(name)
      expect(path.some(leadsElsewhere)).toBe(false)
      expect(formatPath(path)).toBe(text)
    }),
    RUNS,
  )
})

it('SCRAM: a beginning is answered or refused', { timeout }, async () => {
  const verifier = {
    salt: Buffer.alloc(16),
    iterations: 100_000,
    storedKey: Buffer.alloc(32),
    serverKey: Buffer.alloc(32),
  }
  const piece = fc.oneof(
    fc.constantFrom(
      'n,,',
      'y,,',
      'p=tls-exporter,,',
      'p=',
      'n=',
      'anna',
      ',r=',
      'r=',
      '=2C',
      '=3D',
      '=',
      ',',
      'm=x,',
      'a=b',
    ),
    fc.string({ maxLength: 24 }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 8 }), fc.boolean(), async (pieces, bound) => {
      const server = new ScramServer(async () => verifier, bound ? Buffer.alloc(32) : undefined)
      const answer = await server.challenge(pieces.join('')).catch((error) =>
        tolerate(() => {
          throw error
        }),
      )
      if (answer !== undefined) expect(answer).toMatch(/^r=[\x21-\x2b\x2d-\x7e]+,s=[\w+/=]+,i=\d+$/)
    }),
    RUNS,
  )
})

it('SCRAM: no end that is made up lets anybody in', { timeout }, async () => {
  const key = Buffer.alloc(32, 1)
  const verifier = { salt: Buffer.alloc(16), iterations: 100_000, storedKey: key, serverKey: key }
  const nonce = 'x'.repeat(24)
  const end = fc.tuple(
    fc.constantFrom('biws', 'eSws', '', 'AAAA'),
    fc.string({ maxLength: 8 }),
    fc.base64String({ maxLength: 60 }),
  )
  await fc.assert(
    fc.asyncProperty(end, async ([channel, extra, proof]) => {
      const server = new ScramServer(async () => verifier, undefined, 'server-nonce')
      await server.challenge(`n,,n=anna,r=${nonce}`)
      expect(
        tolerate(() => server.finish(`c=${channel},r=${nonce}server-nonce${extra},p=${proof}`)),
      ).toBeUndefined()
    }),
    RUNS,
  )
})
