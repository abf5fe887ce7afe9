import { TransferError } from '@ftp/protocol'
import type { Connection } from '../connection/connection.ts'
import type { TransferResult } from './result.ts'

/**
 * A small file and its target. One of the two paths is local, the other is in the form it has on the wire.
 */
export interface BatchItem {
  readonly name: string
  readonly to: string
  /** Resolves when the target's directory exists, and rejects if it cannot be made. Default: it exists. */
  readonly ready?: Promise<void> | undefined
}

/** How the transfer of one file of a batch ended; undefined if the file has to be moved alone. */
export type BatchItemResult = TransferResult | TransferError | undefined

/**
 * Moves small files of one target, many in one request, in a single attempt, which is enough for most files
 * of a tree.
 */
export interface Batch {
  /** How many bytes a file takes in the header of the request. */
  headerBytes(item: BatchItem): number
  /**
   * @returns one result for each file, in their order; results may be missing at the end, and those files
   *   have to be moved alone
   * @throws if every file has to be moved alone
   */
  move(connection: Connection, items: readonly BatchItem[]): Promise<readonly BatchItemResult[]>
}

/**
 * Interprets a failure for one file of a batch: moved alone, the file may still succeed, for example after a
 * lost connection.
 */
export function resultOfFailure(error: unknown): BatchItemResult {
  const failure = TransferError.from(error)
  const mayMove = failure.advice !== 'stop' || failure.code === 'checksum' || failure.code === 'protocol'
  return mayMove ? undefined : failure
}

/** How many bytes a text takes in a JSON header. */
export function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text))
}
