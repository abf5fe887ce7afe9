import { readFileSync } from 'node:fs'
import type { KernelMemory } from './memory.ts'

/** What `assembly/md5.ts` exports. All numbers are byte addresses in the imported memory, or byte lengths. */
export interface KernelExports {
  /** Moves lane 0 of the lane table at `table` on over `length` bytes. */
  absorb1(table: number, length: number): void
  /** Moves lanes 0 to 3 of the lane table at `table` on, each over `length` bytes of its own. */
  absorb4(table: number, length: number): void
  /** The same for lanes 0 to 7. */
  absorb8(table: number, length: number): void
}

let compiled: WebAssembly.Module | undefined

/**
 * A new instance of the kernel, working on `memory`. The module is compiled once per thread.
 * @throws Error if `md5.wasm` was never built.
 */
export function instantiate(memory: KernelMemory): KernelExports {
  compiled ??= new WebAssembly.Module(readModule())
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports as unknown as KernelExports
}

function readModule(): Uint8Array {
  const url = new URL('./md5.wasm', import.meta.url)
  try {
    return readFileSync(url)
  } catch (cause) {
    throw new Error(`cannot read ${url.pathname}: build it with 'pnpm compile'`, { cause })
  }
}
