import { readFileSync } from 'node:fs'

/**
 * Reads the compiled kernel. A browser gets `read-module.browser.ts` instead.
 * @throws Error if it was never built
 */
export function readModule(): Uint8Array<ArrayBuffer> {
  const url = new URL('./md5.wasm', import.meta.url)
  try {
    return readFileSync(url)
  } catch (cause) {
    throw new Error(`cannot read ${url.pathname}: build it with 'pnpm compile'`, { cause })
  }
}
