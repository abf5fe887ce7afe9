import fs from 'node:fs'
import path from 'node:path'
import { ChaosProxy, type Direction, type Plan } from './chaos-proxy.ts'
import { treeOf, writeTree } from './files.ts'
import { type FrameSpan, frameSpans } from './frames.ts'
import type { Run } from './in-process-client.ts'
import type { LocalSite } from './local-site.ts'
import type { Move } from './moves.ts'

/** The connection and frame that carry the files in an undisturbed transfer. */
interface Carrier {
  /** The number of the connection, counted from 0. */
  readonly connection: number
  /** The frame that contains the bytes of all files. */
  readonly frame: FrameSpan
  /** The last frame in the opposite direction. */
  readonly other: FrameSpan
  /** How many bytes go in the direction of the files, over all connections. */
  readonly total: number
}

/** A folder of small files, which are transferred in one request, on one of two connections. */
export class SmallTree {
  /** The number of files; below it, the size of each in bytes. */
  readonly files = 12
  readonly size = 3_000
  readonly #site: LocalSite
  readonly #move: Move
  readonly #target: string
  readonly expected: Readonly<Record<string, string>>

  constructor(site: LocalSite, move: Move) {
    this.#site = site
    this.#move = move
    const [from, to] = move.name === 'put' ? [site.home, site.root] : [site.root, site.home]
    const names = Array.from({ length: this.files }, (_, index) => `${index}`)
    const files = Object.fromEntries(names.map((name) => [name, name.padEnd(this.size, '.')]))
    writeTree(path.join(from, 'tree'), files, 1_700_000_000_000_000)
    this.#target = path.join(to, 'tree')
    this.expected = treeOf(path.join(from, 'tree'))
  }

  /**
   * Transfers the folder through a proxy to a target that does not exist. @returns also the bytes that went
   * in each direction, for each connection
   */
  async move(
    planOf: (connection: number) => Plan = () => ({}),
    ifExists = 'replace',
  ): Promise<{ readonly run: Run; readonly seen: Readonly<Record<Direction, readonly Buffer[]>> }> {
    const { home } = this.#site
    const places = this.#move.name === 'put' ? [path.join(home, 'tree'), '--to', '/'] : ['tree', '-o', home]
    const seen: Record<Direction, Buffer[]> = { up: [], down: [] }
    await using proxy = await ChaosProxy.start(this.#site.server.port, (connection) => ({
      ...planOf(connection),
      watch: (way, chunk) => {
        seen[way][connection] = Buffer.concat([seen[way][connection] ?? Buffer.alloc(0), chunk])
      },
    }))
    fs.rmSync(this.#target, { recursive: true, force: true })
    const command = [this.#move.name, '-r', '-j', '1', '--if-exists', ifExists, ...places]
    const run = await this.#site.run(command, { port: proxy.port })
    return { run, seen }
  }

  /** The tree that has arrived, to be compared with {@link expected}. */
  get arrived(): Readonly<Record<string, string>> {
    return treeOf(this.#target)
  }

  /** Transfers the folder undisturbed, and finds what carried the files. */
  async carrier(): Promise<Carrier> {
    const { seen } = await this.move()
    const { direction } = this.#move
    for (const [connection, stream] of seen[direction].entries()) {
      const frame = frameSpans(stream).find(({ payload, end }) => end - payload === this.files * this.size)
      const other = frameSpans(seen[direction === 'up' ? 'down' : 'up'][connection] ?? Buffer.alloc(0)).at(-1)
      const total = Buffer.concat(seen[direction]).length
      if (frame !== undefined && other !== undefined) return { connection, frame, other, total }
    }
    throw new Error('the files did not come together')
  }
}
