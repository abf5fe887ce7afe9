/** One allocation for many small buffers: each of its own would keep the garbage collector busy. */
const SLAB = 1_048_576
/** Larger ones are worth an allocation. */
const SMALL = 65_536

let slab: Buffer = Buffer.alloc(0)
let used = 0

/** A buffer of so many bytes, its content arbitrary. It lives for as long as somebody holds it. */
export function takeBuffer(length: number): Buffer {
  if (length > SMALL) return Buffer.allocUnsafeSlow(length)
  if (used + length > slab.length) {
    slab = Buffer.allocUnsafeSlow(SLAB)
    used = 0
  }
  used += length
  return slab.subarray(used - length, used)
}
