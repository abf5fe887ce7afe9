import fs from 'node:fs'

/** How many names of a large directory are read at once. */
const AT_ONCE = 256
/**
 * A directory of at most this many bytes is read as a whole, since opening and closing it for piecemeal reading takes
 * Node.js as long as reading a hundred names. It has a few thousand names at most, or, where a directory's size is the
 * number of its entries (ZFS), as many as this.
 */
const SMALL_BYTES = 65_536

/**
 * Reads the names in a directory, a large one in pieces, so that its names never fill the memory. Bytes that are not
 * UTF-8 become U+FFFD.
 * @throws the errors of the system
 */
export function* namesIn(directory: string): Generator<string, void> {
  const { size } = fs.statSync(directory)
  // Some file systems, such as those of networks, report 0 for every directory.
  if (size > 0 && size <= SMALL_BYTES) return yield* fs.readdirSync(directory)
  using handle = fs.opendirSync(directory, { bufferSize: AT_ONCE })
  for (let entry = handle.readSync(); entry !== null; entry = handle.readSync()) yield entry.name
}
