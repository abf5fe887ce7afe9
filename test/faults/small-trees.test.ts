import { describe, expect, it } from 'vitest'
import { randomNumbers } from '../support/files.ts'
import { LocalSite } from '../support/local-site.ts'
import { MOVES } from '../support/moves.ts'
import { SmallTree } from '../support/small-tree.ts'

/** What a bad wire does to files that move together. */
describe.each(MOVES)('A $name -r of small files', (move) => {
  const { direction } = move
  const back = direction === 'up' ? 'down' : 'up'

  it('finds a bit that flips in their bytes, and that file alone comes again', async () => {
    await using site = await LocalSite.open({ threads: 2 })
    const tree = new SmallTree(site, move)
    const { connection, frame, total } = await tree.carrier()
    const random = randomNumbers(5)
    for (const place of [frame.payload, Math.floor((frame.payload + frame.end) / 2), frame.end - 1]) {
      const bit = place * 8 + Math.floor(random() * 8)
      const { run, seen } = await tree.move((one) =>
        one === connection ? { [direction]: { flip: [bit] } } : {},
      )
      expect(run.code, run.text).toBe(0)
      expect(tree.arrived).toEqual(tree.expected)
      const again = Buffer.concat(seen[direction]).length - total
      expect(again, `bit ${bit}`).toBeGreaterThan(tree.size)
      expect(again, `bit ${bit}`).toBeLessThan(2 * tree.size)
    }
  })

  it.each(['replace', 'skip', 'newer', 'fail'])(
    'loses nothing where the connection is cut, with %s',
    async (ifExists) => {
      await using site = await LocalSite.open({ threads: 2 })
      const tree = new SmallTree(site, move)
      const { connection, frame, other } = await tree.carrier()
      // In the bytes; and a byte before all of the other side is heard, when a put has stored all.
      for (const plan of [
        { [direction]: { cutAfter: Math.floor((frame.payload + frame.end) / 2) } },
        { [back]: { cutAfter: other.end - 1 } },
      ]) {
        const { run } = await tree.move((one) => (one === connection ? plan : {}), ifExists)
        expect(run.code, run.text).toBe(0)
        expect(tree.arrived).toEqual(tree.expected)
        // What it has stored itself is not in its way.
        expect(run.events.at(-1)).toMatchObject({ event: 'summary', done: tree.files, skipped: 0 })
      }
    },
  )
})
