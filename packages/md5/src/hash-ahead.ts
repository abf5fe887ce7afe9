import type { Block } from './block.ts'

/** A piece that has been read, and its hash. */
export interface Hashed<Read, Hash> {
  readonly read: Read
  readonly hash: Hash
}

/** The callbacks of {@link hashAhead}, and its depth. */
export interface AheadOptions<Read extends { readonly block: Block }, Hash> {
  /** Reads the piece with this number. */
  readonly read: (index: number) => Promise<Read>
  /** Whether this is the last piece. */
  readonly isLast: (read: Read) => boolean
  /** Hashes a piece. Called in order, but possibly before the previous result is available. */
  readonly hash: (read: Read, index: number) => Promise<Hash>
  /** The maximum number of pieces to read and hash before the caller requests them. Default: 4. */
  readonly depth?: number | undefined
}

/**
 * Yields pieces in order while the next ones are being read and hashed. The caller owns the block of each
 * piece that it receives; the blocks of all others are released.
 */
export async function* hashAhead<Read extends { readonly block: Block }, Hash>(
  first: number,
  { read, isLast, hash, depth = 4 }: AheadOptions<Read, Hash>,
): AsyncGenerator<Hashed<Read, Hash>> {
  const ready: { readonly read: Read; readonly hash: Promise<Hash> }[] = []
  let [stopped, ended] = [false, false]
  let failure: unknown
  let wake = (): void => {}
  const change = (): Promise<void> => new Promise<void>((resolve) => (wake = resolve))
  let room = (): void => {}

  const reading = (async () => {
    for (let index = first; !stopped && !ended; index++) {
      const piece = await read(index)
      ended = isLast(piece)
      const hashing = hash(piece, index)
      // The caller handles a failure when it awaits the promise. After a stop, perhaps nobody does.
      hashing.catch(() => {})
      ready.push({ read: piece, hash: hashing })
      wake()
      while (ready.length >= depth && !stopped) await new Promise<void>((resolve) => (room = resolve))
    }
  })().catch((error: unknown) => {
    failure = error
    ended = true
    wake()
  })

  try {
    for (;;) {
      const piece = ready[0]
      if (piece !== undefined) {
        const hashed = await piece.hash
        ready.shift()
        room()
        yield { read: piece.read, hash: hashed }
      } else if (failure !== undefined) throw failure
      else if (ended) return
      else await change()
    }
  } finally {
    stopped = true
    room()
    await reading
    for (const piece of ready) {
      await piece.hash.catch(() => {})
      piece.read.block[Symbol.dispose]()
    }
  }
}
