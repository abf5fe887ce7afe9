import fs from 'node:fs'
import { expect } from 'vitest'
import { ChaosProxy, type Direction } from './chaos-proxy.ts'
import { type FrameSpan, frameSpans } from './frames.ts'
import type { LocalSite } from './local-site.ts'
import type { Move } from './moves.ts'

/** The frames of an undisturbed transfer, in each direction. The transferred file is removed again. */
export async function recordFrames(
  site: LocalSite,
  move: Move,
): Promise<Readonly<Record<Direction, readonly FrameSpan[]>>> {
  const seen: Record<Direction, Buffer[]> = { up: [], down: [] }
  await using proxy = await ChaosProxy.start(site.server.port, () => ({
    watch: (way, chunk) => seen[way].push(Buffer.from(chunk)),
  }))
  expect(await site.run(move.command(site), { port: proxy.port })).toMatchObject({ code: 0 })
  fs.rmSync(move.target(site))
  return { up: frameSpans(Buffer.concat(seen.up)), down: frameSpans(Buffer.concat(seen.down)) }
}
