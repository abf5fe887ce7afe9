export { Block, joined } from './block.ts'
export {
  BLOCK_SIZE,
  CHAIN_START,
  CHAIN_VALUE_SIZE,
  type ChainValue,
  type Checkpoint,
  STEP_SIZE,
  sameValue,
} from './chain.ts'
export { GrowingChain } from './growing-chain.ts'
export { type Hashed, hashAhead } from './hash-ahead.ts'
export { HashedChain, Hasher } from './hasher.ts'
export { Intake, type IntakeOptions } from './intake.ts'
export { type BlockCheck, Kernel } from './kernel.ts'
export { createMemory } from './memory.ts'
export { pad } from './padding.ts'
export type { BlockPool, Blocks, TakeOptions } from './pool.ts'
export { type ProveOptions, proveBlocks } from './prove.ts'
