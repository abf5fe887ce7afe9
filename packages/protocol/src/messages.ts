import type { ErrorCode } from './errors.ts'
import type { AnnouncedLimits } from './limits.ts'

/*
 * The messages of FTX 1 as they stand in frame headers; PROTOCOL.md says what they mean. Units: sizes, lengths
 * and offsets are bytes, times are microseconds since 1970-01-01 UTC, chaining values and MD5s are 32 lower-case
 * hex digits, paths are as RemotePath has them on the wire.
 */

/** What to do when a put or a move meets an existing file; decided on the server, atomically. */
export type IfExists =
  /** Put the new file in its place. */
  | 'replace'
  /** Fail with `exists`. */
  | 'fail'
  /** Leave the existing file; the answer is `skipped`. */
  | 'skip'
  /** Replace a file with an older mtime, skip otherwise. */
  | 'newer'
  /** Replace a file of another size or mtime, skip otherwise. */
  | 'different'

export type EntryType = 'file' | 'directory' | 'symlink' | 'other'

/** One file or directory as the server shows it. */
export interface Entry {
  /** Its name; in a listing, relative to the listed directory. */
  readonly name: string
  readonly type: EntryType
  readonly size: number
  readonly mtime: number
  /** Permission bits, 0 to 0o777. */
  readonly mode: number
  /** The MD5 of the content, where the server knows it without reading. */
  readonly md5?: string | undefined
}

/** Who is logged in, and what they may do. */
export interface AccountInfo {
  readonly name: string
  /** Some of PERMISSIONS, and what later servers may add. */
  readonly permissions: readonly string[]
  /** The folder of the server that paths begin at, as its operator would write it: `/` is all that is served. */
  readonly home: string
  /** What is limited, and how much of it is used. */
  readonly quota?: QuotaInfo | undefined
}

export interface QuotaInfo {
  readonly bytes?: { readonly limit: number; readonly used: number } | undefined
  readonly files?: { readonly limit: number; readonly used: number } | undefined
}

export const PERMISSIONS = ['list', 'read', 'write', 'overwrite', 'delete', 'mkdir', 'move'] as const
export type Permission = (typeof PERMISSIONS)[number]

/** A piece of a file: a whole block, or the rest of the file. Its bytes are the frame's payload. */
export interface Data {
  readonly id: number
  readonly type: 'data'
  readonly offset: number
  /** The chaining value after these bytes; where they end the file, the MD5 of the file. */
  readonly md5: string
  /** Nothing follows: the end of the file, or of the range asked for. */
  readonly last?: boolean | undefined
}

/** Chaining values: the payload is 16 bytes for each whole block, the first after the block at `offset`. */
export interface Chain {
  readonly id: number
  readonly type: 'chain'
  readonly offset: number
  readonly last?: boolean | undefined
  /** The MD5 of the whole file, with `last`, where the sender knows it. */
  readonly md5?: string | undefined
}

/** All bytes of the transfer before `offset` are in the receiver's partial. */
export interface Ack {
  readonly id: number
  readonly type: 'ack'
  readonly offset: number
  /** Only a server says it: all bytes before this are verified too, and will not be asked for again. */
  readonly proven?: number | undefined
}

export type Request =
  | {
      readonly id: number
      readonly type: 'hello'
      readonly versions: readonly number[]
      readonly client: string
    }
  | {
      readonly id: number
      readonly type: 'login'
      readonly mechanism: string
      readonly message?: string | undefined
    }
  | GetRequest
  | PutRequest
  | {
      readonly id: number
      readonly type: 'list'
      readonly path: string
      readonly recursive?: boolean | undefined
    }
  | { readonly id: number; readonly type: 'stat'; readonly path: string }
  | DigestRequest
  | {
      readonly id: number
      readonly type: 'mkdir'
      readonly path: string
      readonly parents?: boolean | undefined
    }
  | {
      readonly id: number
      readonly type: 'remove'
      readonly path: string
      readonly recursive?: boolean | undefined
    }
  | {
      readonly id: number
      readonly type: 'move'
      readonly path: string
      readonly to: string
      readonly ifExists: IfExists
    }
  | { readonly id: number; readonly type: 'usage'; readonly path: string }
  | { readonly id: number; readonly type: 'ping' }

export interface GetRequest {
  readonly id: number
  readonly type: 'get'
  readonly path: string
  /** Where to start: a multiple of the block size. Default 0. */
  readonly offset?: number | undefined
  /** How many bytes: a multiple of the block size. Default: the rest. */
  readonly length?: number | undefined
  /** Refuse with `changed` unless the file still has this version. */
  readonly version?: string | undefined
  /** Unacknowledged bytes that the server may send ahead. */
  readonly window?: number | undefined
}

export interface PutRequest {
  readonly id: number
  readonly type: 'put'
  readonly path: string
  /** Names this upload for resuming: 32 hex digits, chosen by the client, the same for the same source and target. */
  readonly upload?: string | undefined
  /** Names the version of the client's source. Opaque. A repeated put of a version that has been stored is `stored` at once. */
  readonly source?: string | undefined
  /** Size of the file; null while the source does not tell (a pipe). */
  readonly length: number | null
  /** MD5 of the payload, with which the file is complete: present for a file sent in this very frame. */
  readonly md5?: string | undefined
  readonly mtime?: number | undefined
  readonly mode?: number | undefined
  readonly ifExists: IfExists
}

export interface DigestRequest {
  readonly id: number
  readonly type: 'digest'
  readonly path: string
  /** Ask for the chaining values of all whole blocks, in `chain` frames before the answer. */
  readonly chain?: boolean | undefined
  /** Only of the first bytes of the file: a multiple of the block size. No `md5` is answered then. */
  readonly length?: number | undefined
}

/** What a client may send besides requests: parts of the exchange that its `id` names. */
export type ClientPart = Data | Chain | Ack | LoginResponse | { readonly id: number; readonly type: 'cancel' }

/** The client's answer to a `challenge`, part of the exchange that `login` began. */
export interface LoginResponse {
  readonly id: number
  readonly type: 'response'
  readonly message: string
}

export type ClientMessage = Request | ClientPart

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
  | Data
  | Chain
  | Ack
  | ReadyReply
  | { readonly id: number; readonly type: 'resend'; readonly offset: number }
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
  | { readonly id: number; readonly type: 'done' }
  | UsageReply
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

export interface UsageReply {
  readonly id: number
  readonly type: 'usage'
  readonly bytes: number
  readonly files: number
  readonly directories: number
  /** Of the account's home, where it is limited. */
  readonly quota?: QuotaInfo | undefined
}
