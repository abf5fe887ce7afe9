import { createHash } from 'node:crypto'
import type { Exchange, Headers } from '../connection/exchange.ts'
import { type Conditions, httpDate, type Validators } from '../fields/conditions.ts'
import { formatBytes } from '../fields/structured-fields.ts'

/** A version of a file, as far as HTTP describes it. */
export interface Versioned {
  readonly version: string
  readonly entry: { readonly mtime: number }
}

/** The strong ETag of a version: it says nothing else about the file, such as its inode. */
export function etagOf(version: string): string {
  return `"${createHash('sha256').update(version).digest('base64url').slice(0, 22)}"`
}

export function validatorsOf({ version, entry }: Versioned): Validators {
  return { etag: etagOf(version), mtime: entry.mtime }
}

export function conditionsOf(exchange: Exchange): Conditions {
  return {
    ifMatch: exchange.header('if-match'),
    ifNoneMatch: exchange.header('if-none-match'),
    ifModifiedSince: exchange.header('if-modified-since'),
    ifUnmodifiedSince: exchange.header('if-unmodified-since'),
  }
}

/** The headers that identify a version. @param md5 of the whole file, if it is known */
export function versionHeaders({ etag, mtime }: Validators, md5: Uint8Array | undefined): Headers {
  return {
    ETag: etag,
    'Last-Modified': httpDate(mtime),
    'Repr-Digest': md5 === undefined ? undefined : `md5=${formatBytes(md5)}`,
  }
}
