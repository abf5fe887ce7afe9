import { TransferError } from '@ftp/protocol'
import type { Connection } from '../connection/connection.ts'
import type { Moved } from './result.ts'

/** A small file, and where it goes: one path is local, the other as on the wire. */
export interface Place {
  readonly name: string
  readonly to: string
}

/** How the way of one of several files has ended; undefined where it has to be moved alone. */
export type Ended = Moved | TransferError | undefined

/** Moves small files of one target, many in one request, without a second attempt: what most files of a tree need. */
export interface Together {
  /** Bytes that a file takes in the header of the request. */
  headerBytes(place: Place): number
  /**
   * @returns for each, in their order; those at the end may be missing, and have to be moved alone
   * @throws when each has to be moved alone
   */
  move(connection: Connection, places: readonly Place[]): Promise<readonly Ended[]>
}

/** What a failure means for one of several files: alone it may still succeed, as when the connection was lost. */
export function endOf(error: unknown): Ended {
  const failure = TransferError.from(error)
  const mayMove = failure.advice !== 'stop' || failure.code === 'checksum' || failure.code === 'protocol'
  return mayMove ? undefined : failure
}

/** Bytes of a text in a JSON header. */
export function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text))
}
