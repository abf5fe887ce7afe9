import type { Exchange } from '../connection/exchange.ts'
import { Refusal } from '../connection/problem.ts'

/** The length of a chaining value in bytes. */
const VALUE_SIZE = 16

/**
 * The chaining values that the client claims after each whole block of 1 MiB that its bytes complete
 * (`FTX-Chain`, base64); undefined if it claims none.
 * @throws Refusal 400
 */
export function claimedChain(exchange: Exchange): Uint8Array | undefined {
  const text = exchange.header('ftx-chain')?.trim()
  if (text === undefined) return undefined
  const chain = Buffer.from(text, 'base64')
  if (chain.toString('base64') === text && chain.length % VALUE_SIZE === 0) return chain
  throw new Refusal(400, 'bad_request', 'the field FTX-Chain has 16 bytes for each block, in base64')
}
