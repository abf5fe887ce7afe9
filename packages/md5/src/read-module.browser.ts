const response = await fetch(new URL('./md5.wasm', import.meta.url))
if (!response.ok) throw new Error(`cannot read ${response.url}: ${response.status}`)
const module = new Uint8Array(await response.arrayBuffer())

/** Returns the compiled kernel. Browsers compile a module of this size at once only in a Worker. */
export function readModule(): Uint8Array<ArrayBuffer> {
  return module
}
