import { TransferError } from '@ftp/protocol'
import type { Connection } from '../connection/connection.ts'
import type { TransferResult } from './result.ts'

/** A small file, and where it goes: one path is local, the other as on the wire. */
export interface BatchItem {
  readonly name: string
  readonly to: string
  /** Settles when the directory that it goes into is there, or cannot be. Default: it is there. */
  readonly ready?: Promise<void> | undefined
}

/** How the transfer of one file of a batch ended; undefined if the file has to be moved alone. */
export type BatchItemResult = TransferResult | TransferError | undefined

/** Moves small files of one target, many in one request, in a single attempt, which is enough for most files of a tree. */
export interface Batch {
  /** Bytes that a file takes in the header of the request. */
  headerBytes(item: BatchItem): number
  /**
   * @returns for each, in their order; those at the end may be missing, and have to be moved alone
   * @throws when each has to be moved alone
   */
  move(connection: Connection, items: readonly BatchItem[]): Promise<readonly BatchItemResult[]>
}

/** What a failure means for one file of a batch: alone it may still succeed, for example after a lost connection. */
export function resultOfFailure(error: unknown): BatchItemResult {
  const failure = TransferError.from(error)
  const mayMove = failure.advice !== 'stop' || failure.code === 'checksum' || failure.code === 'protocol'
  return mayMove ? undefined : failure
}

/** Bytes of a text in a JSON header. */
export function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text))
}
