// `lib.dom` declares these, but would bring the whole browser along; @types/node has none of them.
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array)
  }
  class Memory {
    readonly buffer: SharedArrayBuffer
    constructor(limits: { initial: number; maximum: number; shared: true })
  }
  class Instance {
    readonly exports: Record<string, unknown>
    constructor(module: Module, imports: { env: { memory: Memory } })
  }
}
