import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ChaosProxy, type Direction, type Plan } from '../support/chaos-proxy.ts'
import { MIB, randomNumbers, writeRandom } from '../support/files.ts'
import type { FrameSpan } from '../support/frames.ts'
import { LocalSite } from '../support/local-site.ts'
import { MOVES, type Move } from '../support/moves.ts'
import { recordFrames } from '../support/recording.ts'

const SIZE = 2 * MIB + 1000
/** In each payload, beside its ends, and in the JSON of each header; `pnpm torture` flips more. */
const FLIPS = Number(process.env.FLIPS ?? 2)
const SEED = Number(process.env.SEED ?? 1)
/** So long are both sides left waiting for each other. A line that is cut too early only makes the client come again. */
const SILENT_MS = 500

describe.concurrent.each(MOVES)(
  'A bit that flips on a plaintext wire during a $name',
  { timeout: 300_000 + FLIPS * 5_000 },
  (move) => {
    it('in the bytes of the file is found, and that block alone comes again', async () => {
      await using site = await LocalSite.open({ threads: 2 })
      const bytes = writeRandom(move.source(site), SIZE, 1)
      const frames = await recordFrames(site, move)
      const random = randomNumbers(SEED + 1)
      for (const { payload, end } of frames[move.direction].filter((frame) => frame.end > frame.payload)) {
        const places = [
          payload,
          end - 1,
          ...Array.from({ length: FLIPS }, () => within(random, payload, end)),
        ]
        for (const place of places) {
          const bit = place * 8 + Math.floor(random() * 8)
          const about = `bit ${bit}, SEED=${SEED}`
          const { code, proxy } = await moveThrough(site, move, move.direction, [bit])
          expect(code, about).toBe(0)
          expect(fs.readFileSync(move.target(site)).equals(bytes), about).toBe(true)
          expect(proxy.connections, about).toBe(1)
          // What was under way behind it comes again too.
          expect(proxy.bytes[move.direction] - SIZE, about).toBeLessThan(2 * MIB + 32_768)
        }
      }
    })

    it.each(['up', 'down'] as const)(
      'in a header that goes %s never makes a wrong file, and the transfer goes on where the damage shows',
      async (direction) => {
        await using site = await LocalSite.open({ threads: 2 })
        const bytes = writeRandom(move.source(site), SIZE, 3)
        const frames = await recordFrames(site, move)
        const random = randomNumbers(SEED + 3)
        // Without a login there is nothing to go on with.
        for (const [index, frame] of frames[direction].entries().drop(2)) {
          for (const bit of headerBits(frame, random)) {
            const about = `bit ${bit} ${direction}, SEED=${SEED}`
            const { code } = await moveThrough(site, move, direction, [bit], { silentMs: SILENT_MS })
            const arrived = fs.existsSync(move.target(site)) && fs.readFileSync(move.target(site))
            expect(!arrived || arrived.equals(bytes), about).toBe(true)
            // A request that asks for something else, and makes sense, is answered.
            if (direction === 'down' || index > 2)
              expect({ code, arrived: arrived !== false }, about).toEqual({ code: 0, arrived: true })
          }
        }
        expect(await site.run(move.command(site))).toMatchObject({ code: 0 })
        expect(fs.readFileSync(move.target(site)).equals(bytes)).toBe(true)
      },
    )
  },
)

async function moveThrough(
  site: LocalSite,
  move: Move,
  direction: Direction,
  flip: readonly number[],
  plan: Plan = {},
): Promise<{ code: number; proxy: ChaosProxy }> {
  fs.rmSync(move.target(site), { force: true })
  await using proxy = await ChaosProxy.start(site.server.port, (connection) =>
    connection === 0 ? { [direction]: { flip }, ...plan } : {},
  )
  const { code } = await site.run(move.command(site), { port: proxy.port })
  return { code, proxy }
}

/** One in each byte of the length, and {@link FLIPS} in the JSON. */
function headerBits({ start, payload }: FrameSpan, random: () => number): number[] {
  const places = [0, 1, 2, 3].map((at) => start + at)
  for (let count = 0; count < FLIPS; count++) places.push(within(random, start + 4, payload))
  return places.map((place) => place * 8 + Math.floor(random() * 8))
}

function within(random: () => number, from: number, to: number): number {
  return from + Math.floor(random() * (to - from))
}
