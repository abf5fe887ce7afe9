export {
  type AccountInfo,
  type Entry,
  type ErrorCode,
  type FailureCode,
  type IfExists,
  type LinkAccess,
  type LocalCode,
  type Permission,
  type ShareLink,
  type Token,
  TransferError,
  type UnfinishedUpload,
} from '@ftp/protocol'
export type {
  Client,
  Options,
  Remote,
  SyncOptions,
  TransferOptions,
} from './client.ts'
export { type ConnectOptions, connect } from './connect.ts'
export type {
  FileReporter,
  FileStats,
  Notice,
  Reporter,
  SyncCounts,
  TransferSummary,
} from './queue/reporter.ts'
export type { CopyResult } from './requests/copy.ts'
export type { MoveResult } from './requests/move.ts'
export type { NewShareLink, ShareOptions } from './requests/shares.ts'
export type { NewToken, TokenOptions } from './requests/tokens.ts'
export type { Usage } from './requests/usage.ts'
export type { SelectionOptions } from './selection/selection.ts'
export type { Progress } from './transfer/progress.ts'
export type { TransferResult } from './transfer/result.ts'
export type { Phase } from './transfer/transfer-listener.ts'
export type { GetAllOptions, GetItem } from './tree/get-source.ts'
export type { GetManyOptions, PutManyOptions } from './tree/options.ts'
export type { PutAllOptions, PutItem } from './tree/put-source.ts'
export type { WatchOptions } from './tree/watch-source.ts'
