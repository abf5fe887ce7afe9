import type { AccountInfo, QuotaInfo } from './account.ts'
import type { Entry } from './entry.ts'
import type { ErrorCode } from './errors.ts'
import type { AnnouncedLimits } from './limits.ts'
import type { Ack, Chain, Data } from './parts.ts'

export interface FileReply {
  readonly id: number
  readonly type: 'file'
  readonly entry: Entry
  /** Names this very content of the file: changes whenever the file does. Opaque. */
  readonly version: string
  readonly offset: number
  /** The chaining value at `offset`. */
  readonly chain: string
  /** Bytes that this reply and the data frames after it carry in all. */
  readonly length: number
  /** With `last`: as in Data. */
  readonly md5?: string | undefined
  /** The payload of this frame is all of it. */
  readonly last?: boolean | undefined
}

export interface FilesReply {
  readonly id: number
  readonly type: 'files'
  /**
   * For each path, in their order. The bytes of those with an `md5` are the payload, one behind the other; one without it is
   * too large to come with others.
   */
  readonly files: readonly (Entry | Refusal)[]
  /** There are no more. */
  readonly last?: boolean | undefined
}

export interface OutcomesReply {
  readonly id: number
  readonly type: 'outcomes'
  /** For each file, in their order. */
  readonly outcomes: readonly (WholeOutcome | Refusal)[]
}

export interface WholeOutcome {
  readonly type: 'stored' | 'skipped'
  /** As in {@link DoneReply}. */
  readonly name?: string | undefined
}

/** Why one of several files was not moved. */
export type Refusal = Omit<ErrorReply, 'id'>

export interface ErrorReply {
  /** Absent when the error is the connection's. */
  readonly id?: number | undefined
  readonly type: 'error'
  readonly code: ErrorCode
  readonly message: string
}

export type Reply =
  | WelcomeReply
  | { readonly id: number; readonly type: 'challenge'; readonly message: string }
  | AcceptedReply
  | FileReply
  | FilesReply
  | OutcomesReply
  | Data
  | Chain
  | Ack
  | ReadyReply
  | { readonly id: number; readonly type: 'resend'; readonly offset: number }
  | { readonly id: number; readonly type: 'following'; readonly entry: Entry }
  | { readonly id: number; readonly type: 'stored'; readonly entry: Entry }
  | { readonly id: number; readonly type: 'skipped'; readonly entry: Entry }
  | {
      readonly id: number
      readonly type: 'entries'
      readonly entries: readonly Entry[]
      readonly last?: boolean | undefined
      /** Names on the disk that this protocol cannot express: told with the last page. */
      readonly unnamable?: number | undefined
    }
  | {
      readonly id: number
      readonly type: 'entry'
      readonly entry: Entry
      readonly version?: string | undefined
    }
  | DigestReply
  | DoneReply
  | UsageReply
  | UploadsReply
  | { readonly id: number; readonly type: 'progress'; readonly done: number; readonly total: number }
  | ErrorReply

export interface WelcomeReply {
  readonly id: number
  readonly type: 'welcome'
  readonly version: number
  readonly server: string
  /** SASL names of the ways to log in. */
  readonly mechanisms: readonly string[]
  readonly limits: AnnouncedLimits
}

export interface AcceptedReply {
  readonly id: number
  readonly type: 'accepted'
  readonly account: AccountInfo
  /** The mechanism's last word, where it has one: the server's proof. */
  readonly message?: string | undefined
}

export interface ReadyReply {
  readonly id: number
  readonly type: 'ready'
  /** Bytes of the file that the server holds; after `chain` frames: holds and has proven. Send from here. */
  readonly offset: number
  readonly window: number
}

export interface DigestReply {
  readonly id: number
  readonly type: 'digest'
  readonly version: string
  /** Bytes that the chain covers, or the file has. */
  readonly length: number
  readonly md5?: string | undefined
}

export interface DoneReply {
  readonly id: number
  readonly type: 'done'
  /** What has been moved is called so now: its policy was `rename`, and the name it was to get was taken. */
  readonly name?: string | undefined
}

export interface UsageReply {
  readonly id: number
  readonly type: 'usage'
  readonly bytes: number
  readonly files: number
  readonly directories: number
  /** Directories that the server may not read, by their paths from the one that was asked for: they are not counted. */
  readonly unreadable?: readonly string[] | undefined
  /** Of the account's home, where it is limited. */
  readonly quota?: QuotaInfo | undefined
}

export interface UploadsReply {
  readonly id: number
  readonly type: 'uploads'
  readonly uploads: readonly UnfinishedUpload[]
  /** There are no more. */
  readonly last?: boolean | undefined
}

/** An upload of one's own that is not a file yet. */
export interface UnfinishedUpload {
  /** Where the file is to be. */
  readonly path: string
  /** Names its partial: 32 hex digits. */
  readonly key: string
  /** Bytes that the partial holds. */
  readonly size: number
  /** Bytes of the file; absent while nobody knows. */
  readonly length?: number | undefined
  /** When its first attempt began. */
  readonly began: number
  /** When anything was last done to the partial. */
  readonly mtime: number
  /** A put is writing it now. */
  readonly running?: boolean | undefined
}
