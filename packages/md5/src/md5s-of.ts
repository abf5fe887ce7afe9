import { CHAIN_START, STEP_SIZE } from './chain.ts'
import { defaultKernel } from './default-kernel.ts'
import { pad } from './finish.ts'

/** The MD5 of each message, side by side: for many short ones that is two to three times as fast as one by one. */
export function md5sOf(messages: readonly Uint8Array[], kernel = defaultKernel()): Uint8Array[] {
  const bodies = messages.map((bytes) => ({
    start: CHAIN_START,
    bytes: bytes.subarray(0, wholeSteps(bytes)),
  }))
  const values = kernel.absorbAll(bodies)
  return kernel.absorbAll(
    messages.map((bytes, index) => ({
      start: values[index] ?? CHAIN_START,
      bytes: pad(bytes.subarray(wholeSteps(bytes)), bytes.length),
    })),
  )
}

function wholeSteps({ length }: Uint8Array): number {
  return length - (length % STEP_SIZE)
}
