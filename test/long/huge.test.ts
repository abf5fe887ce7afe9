import fs from 'node:fs'
import { expect, it } from 'vitest'
import { ChaosProxy } from '../support/chaos-proxy.ts'
import { MIB, randomBytes, serverPartials, writeSparse } from '../support/files.ts'
import { MOVES } from '../support/moves.ts'
import { Site } from '../support/site.ts'

/*
 * Both sides hash 4 GiB, which takes half a minute of processor time. That hashes and calls on files count that far is
 * tested in packages/md5 and packages/files.
 */

const SIZE = 4 * 1024 * MIB + 3 * MIB + 17
/** All but what crosses the border of 32 bits is there already: the rest would only take time. */
const HELD = 4 * 1024 * MIB - 2 * MIB
/** Bytes that show where 32-bit offsets would have put them. */
const ISLANDS = new Map([
  [0, randomBytes(100, 1)],
  [2 ** 31 - 50, randomBytes(100, 2)],
  [2 ** 32 - 50, randomBytes(100, 3)],
  [SIZE - 100, randomBytes(100, 4)],
])

it.each(MOVES)(
  'A $name goes on beyond 4 GiB, and the file is as it was',
  { timeout: 900_000 },
  async (move) => {
    await using site = await Site.open()
    writeSparse(move.source(site), SIZE, ISLANDS)
    await using proxy = await ChaosProxy.start(site.port, (connection) =>
      connection === 0 ? { [move.direction]: { stallAfter: 2.5 * MIB } } : {},
    )
    await using first = site.start(move.command(site), { port: proxy.port })
    await proxy.stalled
    await first.kill()
    const [partial = ''] = [...serverPartials(site.root), `${move.target(site)}.ftp.part`].filter(
      fs.existsSync,
    )
    writeSparse(partial, HELD, new Map([...ISLANDS].filter(([offset]) => offset < HELD)))

    const second = await site.runProcess(move.command(site), { port: proxy.port })
    expect(second).toMatchObject({ code: 0, stderr: '' })
    expect(second.events).toContainEqual(expect.objectContaining({ event: 'resume', bytes: HELD }))
    expect(second.events).toContainEqual(expect.objectContaining({ event: 'done', bytes: SIZE }))
    expect(fs.statSync(move.target(site)).size).toBe(SIZE)
    for (const [offset, bytes] of ISLANDS)
      expect(bytesAt(move.target(site), offset, bytes.length).equals(bytes), `at ${offset}`).toBe(true)
  },
)

function bytesAt(file: string, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  const descriptor = fs.openSync(file, 'r')
  fs.readSync(descriptor, bytes, 0, length, offset)
  fs.closeSync(descriptor)
  return bytes
}
