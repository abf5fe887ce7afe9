/** The sizes of the parts of an archive, in bytes, without names and contents. */
const [LOCAL_HEADER, DESCRIPTOR, CENTRAL_HEADER, END] = [30, 16, 46, 22]
/** What Zip64 adds: to the descriptor of a large file, to the central header, and to the end. */
const [LARGE_DESCRIPTOR, LARGE_OFFSET, LARGE_FILE, LARGE_END] = [8, 12, 28, 76]
/** From this number on, a size or an offset needs Zip64. */
const LARGE = 0xffff_ffff

/**
 * The length of an archive without compression, as client-zip writes it. Its own `predictLength` takes all entries at
 * once, which would keep a thread for a quarter of a second if there are many.
 */
export class ZipLength {
  #contents = 0
  #directory = 0
  #isLarge = false

  /** @param name as in the archive */
  add(name: string, size: number): void {
    const length = Buffer.byteLength(name)
    const isLargeFile = size >= LARGE
    const extra = isLargeFile ? LARGE_FILE : this.#contents >= LARGE ? LARGE_OFFSET : 0
    this.#contents += LOCAL_HEADER + length + size + DESCRIPTOR + (isLargeFile ? LARGE_DESCRIPTOR : 0)
    this.#directory += CENTRAL_HEADER + length + extra
    this.#isLarge ||= isLargeFile
  }

  /** The length of an archive of the entries that have been added. */
  get total(): number {
    const end = END + (this.#isLarge || this.#contents >= LARGE ? LARGE_END : 0)
    return this.#contents + this.#directory + end
  }
}
