export { giveBlock, joined, takeBlock } from './blocks.ts'
export {
  BLOCK_SIZE,
  type BlockBorder,
  CHAIN_START,
  CHAIN_VALUE_SIZE,
  type ChainValue,
  sameValue,
} from './chain.ts'
export { absorb, checkBlocks, limitBlocks } from './default-kernel.ts'
export { finish } from './finish.ts'
export { GrowingChain } from './growing-chain.ts'
export { type Hashed, hashAhead } from './hash-ahead.ts'
export { checkInThread } from './hasher.ts'
export { Intake, type IntakeOptions } from './intake.ts'
export { type BlockCheck, Kernel } from './kernel.ts'
export { md5sOf } from './md5s-of.ts'
export { createMemory } from './memory.ts'
export { pad } from './padding.ts'
export { proveBlocks } from './prove.ts'
export { type Reservation, reserveBlocks } from './reserve.ts'
