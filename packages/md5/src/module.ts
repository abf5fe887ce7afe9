import { readModule } from '#read-module'
import type { KernelMemory } from './memory.ts'

/**
 * The exports of `assembly/md5.ts`. All numbers are byte addresses in the imported memory, or lengths in
 * bytes.
 */
export interface KernelExports {
  /** Advances lane 0 of the lane table at `table` by `length` bytes. */
  absorb1(table: number, length: number): void
  /** Advances lanes 0 to 3 of the lane table at `table`, each by `length` bytes of its own. */
  absorb4(table: number, length: number): void
  /** Advances lanes 0 to 7 in the same way. */
  absorb8(table: number, length: number): void
}

let compiled: WebAssembly.Module | undefined

/**
 * Creates an instance of the kernel that works on `memory`. The module is compiled once per thread.
 * @throws Error if `md5.wasm` was never built.
 */
export function instantiate(memory: KernelMemory): KernelExports {
  compiled ??= new WebAssembly.Module(readModule())
  const env = { memory: memory as unknown as WebAssembly.Memory }
  return new WebAssembly.Instance(compiled, { env }).exports as unknown as KernelExports
}
