import type { ChainValue } from './chain.ts'
import { defaultKernel } from './default-kernel.ts'

/**
 * The MD5 of a message: 16 bytes, those that md5sum prints.
 * @param start the chaining value after everything before `tail`
 * @param tail the message's last bytes
 * @param length the bytes of the whole message
 * @param kernel absorbs the tail; by default the thread's own
 * @throws RangeError if `start` is not 16 bytes long, `length` is no safe integer, or what comes before `tail` is not
 * a multiple of 64 bytes.
 */
export function finish(
  start: ChainValue,
  tail: Uint8Array,
  length: number,
  kernel = defaultKernel(),
): Uint8Array {
  const [md5 = start] = kernel.absorbAll([{ start, bytes: tail, length }])
  return md5
}
