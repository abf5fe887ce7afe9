import type { IfExists } from './if-exists.ts'
import type { Ack, Chain, Data } from './parts.ts'

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
  | MgetRequest
  | MputRequest
  | {
      readonly id: number
      readonly type: 'list'
      readonly path: string
      readonly recursive?: boolean | undefined
    }
  | { readonly id: number; readonly type: 'stat'; readonly path: string }
  | DigestRequest
  | FollowRequest
  | {
      readonly id: number
      readonly type: 'mkdir'
      readonly path: string
      /** Make those above it too, and be content with one that exists. */
      readonly parents?: boolean | undefined
    }
  | SetstatRequest
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
  | { readonly id: number; readonly type: 'uploads' }
  | {
      readonly id: number
      readonly type: 'discard'
      readonly path: string
      /** As in the `uploads` reply. */
      readonly key: string
    }
  | PasswdRequest
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

export interface FollowRequest {
  readonly id: number
  readonly type: 'follow'
  readonly path: string
  /** Bytes that the client has. Default 0. */
  readonly offset?: number | undefined
  /** MD5 of these bytes; present where there are any. */
  readonly md5?: string | undefined
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

/** Whole files, together. */
export interface MgetRequest {
  readonly id: number
  readonly type: 'mget'
  readonly paths: readonly string[]
}

/** Files whose bytes are this frame's payload, one behind the other. */
export interface MputRequest {
  readonly id: number
  readonly type: 'mput'
  readonly ifExists: IfExists
  readonly files: readonly WholePut[]
}

/** One of them; fields are as in {@link PutRequest}. */
export interface WholePut {
  readonly path: string
  readonly length: number
  readonly md5: string
  readonly mtime?: number | undefined
  readonly mode?: number | undefined
  readonly upload?: string | undefined
  readonly source?: string | undefined
}

export interface SetstatRequest {
  readonly id: number
  readonly type: 'setstat'
  readonly path: string
  /** What a file or directory gets; what is absent stays. */
  readonly mtime?: number | undefined
  readonly mode?: number | undefined
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

/** What a new password is checked against (RFC 5802, section 3), in hex. */
export interface PasswdRequest {
  readonly id: number
  readonly type: 'passwd'
  readonly salt: string
  readonly iterations: number
  readonly storedKey: string
  readonly serverKey: string
}
