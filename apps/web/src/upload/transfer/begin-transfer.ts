import { BLOCK_SIZE } from '@ftp/md5/chain'
import { PartsTransfer } from './parts-transfer.ts'
import type { Transfer, TransferOptions } from './transfer.ts'
import { WholeTransfer } from './whole-transfer.ts'

/** The transfer of a file: in one request if it has at most one block, and otherwise in parts. */
export function beginTransfer(options: TransferOptions): Transfer {
  const isSmall = options.file.size <= BLOCK_SIZE && options.earlier === undefined
  return isSmall ? new WholeTransfer(options) : new PartsTransfer(options)
}
